import type { Talk } from "../../state/talk";
import { tell } from "../../words/room";
import { useWriting } from "./writing";

const SHOWN = 2; // lines: what is older was said long ago
const MOST = 300; // characters that can be read while the next are typed

/** What the captioner types, for everybody in the room. Nothing of it is kept after the session. */
export function Captions({ talk }: { readonly talk: Talk }) {
  return (
    <div class="captions" role="log" aria-label={tell("Captions")}>
      {talk.captions.value.slice(-SHOWN).map((line) => (
        <p key={line.n}>{line.text}</p>
      ))}
    </div>
  );
}

/** The captioner's own field: one line, sent by Enter, so that the hands stay on the keys. */
export function Captioning({ talk }: { readonly talk: Talk }) {
  const { text, setText, wrong, field, send } = useWriting<HTMLInputElement>((words) => talk.say(words, null));
  return (
    <form class="captioning" onSubmit={(event) => (event.preventDefault(), void send())}>
      <label>
        {tell("What is being said")}
        <input ref={field} type="text" maxLength={MOST} autoComplete="off" value={text} onInput={(event) => setText(event.currentTarget.value)} />
      </label>
      <button class="primary" type="submit">
        {tell("Show")}
      </button>
      {wrong && (
        <p class="notice rose" role="alert">
          {wrong}
        </p>
      )}
    </form>
  );
}
