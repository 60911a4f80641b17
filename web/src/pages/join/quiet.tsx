import "../../styles/fields.css";
import { useState } from "preact/hooks";
import { Dialog } from "../../ui/dialog";
import type { Desk } from "./desk";
import { tell } from "../../words/room";

/** The ways to ask for help that nobody beside the screen, or on the other one, can notice. */
export function QuietDialog({ desk, host, onClose }: { readonly desk: Desk; readonly host: string; readonly onClose: () => void }) {
  const [word, setWord] = useState("");
  const keep = (event: Event) => {
    event.preventDefault();
    if (word.trim().length >= 3) desk.keepWord(word);
    onClose();
  };
  return (
    <Dialog title={tell("Ask for help without a word")} onClose={onClose}>
      <p class="soft">
        {tell("Tap your own picture three times. {host} gets a quiet sign. Nothing changes on this page or on anybody else’s.", { host })}
      </p>
      <form class="col tight" noValidate onSubmit={keep}>
        <p class="field">
          <label for="own-word">{tell("Or type a word of your own")}</label>
          <input id="own-word" type="text" autoComplete="off" maxLength={30} aria-describedby="own-word-more" value={word} onInput={(event) => setWord(event.currentTarget.value)} />
          <small id="own-word-more">{tell("Three letters or more; not one that you’d write anyway. Typed anywhere on this page, it gives the same sign. Typed where you write, it’s taken out again, so nobody is sent it. It’s forgotten when the session ends or this tab closes.")}</small>
        </p>
        <button class="primary wide" type="submit">
          {tell(word.trim().length >= 3 ? "Keep this word" : "All right")}
        </button>
      </form>
      <p class="soft">
        {tell("“Leave quickly”, or the Escape key twice, takes you to a plain page at once. It doesn’t clear your browser’s history.")}
      </p>
    </Dialog>
  );
}
