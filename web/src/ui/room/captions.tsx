import type { LocalCaptioner } from "../../rtc/captions";
import type { Captioner } from "../../state/captions";
import type { Talk } from "../../state/talk";
import { SLOW_OR_UNABLE } from "../../words/people";
import { tell } from "../../words/room";
import { useWriting } from "./writing";

const SHOWN = 2; // lines: what is older was said long ago
const MOST = 300; // characters that can be read while the next are typed

/** What is being said, by whoever puts it into words. Nothing of it is kept after the session. */
export function Captions({ by }: { readonly by: readonly Captioner[] }) {
  const shown = by.flatMap(({ captions }) => captions.value.slice(-SHOWN));
  return (
    <div class="captions" role="log" aria-label={tell("Captions")}>
      {shown.map(({ id, name, text, open }) => (
        <p key={id} {...(open && { "aria-hidden": true })}>
          {name && <b>{name}: </b>}
          {text}
        </p>
      ))}
    </div>
  );
}

/** What becomes of this device's own captions, for as long as there is something to say. */
export function Writes({ captioner }: { readonly captioner: LocalCaptioner }) {
  const { state, fault } = captioner;
  return (
    <div role="status">
      {state.value === "starting" && <p class="sheet said">{tell("Getting the captions ready…")}</p>}
      {fault.value && (
        <p class="sheet said">
          <span class="grow">{tell("There are no captions now.")} {tell(SLOW_OR_UNABLE[fault.value])}</span>
          <button class="small" type="button" onClick={() => (fault.value = null)}>
            {tell("All right")}
          </button>
        </p>
      )}
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
