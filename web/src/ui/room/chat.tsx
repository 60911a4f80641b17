import { useEffect, useRef, useState } from "preact/hooks";
import type { Said } from "../../state/talk";
import type { ToolProps } from "./tools";
import { tell } from "../../words/room";
import { useWriting } from "./writing";

const MOST = 1000; // characters of a line, as the server takes them

/** What is written in the room, beside the pictures. */
export function Chat({ desk, people, host = false, onClose }: ToolProps) {
  const { talk, media } = desk;
  const [to, setTo] = useState(() => answering(talk.messages.value.at(-1)));
  const log = useRef<HTMLDivElement>(null);
  const lines = talk.messages.value;
  const to_ = people.some(({ key }) => key === to) ? to : null; // whoever left can't be written to
  const { text, setText, wrong, sending, field, send } = useWriting<HTMLTextAreaElement>((words) => talk.say(words, to_));
  useEffect(() => field.current?.focus(), []);
  useEffect(() => log.current?.scrollTo(0, log.current.scrollHeight), [lines.length]);
  const write = () => void (sending || send());
  return (
    <aside class="sidepanel chat" aria-label={tell("Messages")} onKeyDown={(event) => event.key === "Escape" && onClose()}>
      <div class="row">
        <h2 class="grow">{tell("Messages")}</h2>
        <button class="small" type="button" onClick={onClose}>
          {tell("Close")}
        </button>
      </div>
      <div ref={log} class="log" role="log" aria-label={tell("What was written")} tabIndex={0}>
        <ol>
          {talk.closed.value > 0 && <li class="soft">{tell("What was written before you opened this page can’t be opened here.")}</li>}
          {lines.length === 0 && <li class="soft">{tell("Nothing has been written yet.")}</li>}
          {lines.map((line) => (
            <Written key={`${line.sender} ${line.n}`} line={line} mine={line.name === ""} people={people} />
          ))}
        </ol>
      </div>
      <form onSubmit={(event) => (event.preventDefault(), write())}>
        <fieldset class="readers">
          <legend>{tell("Who reads it")}</legend>
          <Reader name={tell("Everyone here")} checked={to_ === null} onChoose={() => setTo(null)} />
          {people.map(({ key, name }) => (
            <Reader key={key} name={tell("Only {name}", { name })} checked={to_ === key} onChoose={() => setTo(key)} />
          ))}
        </fieldset>
        <textarea
          ref={field}
          rows={2}
          maxLength={MOST}
          aria-label={tell("Your message")}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            write();
          }}
        />
        {wrong && (
          <p class="notice rose" role="alert">
            {wrong}
          </p>
        )}
        <button class="wide primary" type="submit" disabled={sending || text.trim() === ""}>
          {to_ === null ? tell("Send to everyone here") : tell("Send only to {name}", { name: people.find(({ key }) => key === to_)?.name ?? "" })}
        </button>
        <p class="soft kept">{kept(media.secrecy.shared.value, to_, host)}</p>
      </form>
    </aside>
  );
}

/** Who wrote in private is answered in private, unless another reader is chosen. */
function answering(last: Said | undefined): string | null {
  return last && last.name !== "" && last.to !== null ? last.sender : null;
}

/** What is true of the line that would be sent now. */
function kept(shared: Readonly<Record<string, boolean>>, to: string | null, host: boolean): string {
  const readers = to === null ? Object.keys(shared) : [to];
  const locked = readers.length > 0 && readers.every((who) => shared[who]);
  const way = locked
    ? tell("Locked on your device, and opened only on theirs.")
    : tell("Carried by the clinic’s server, which could read it on the way: a browser here can’t lock it.");
  return `${way} ${host ? "Nothing is kept after the session: what belongs in the record, write there." : tell("Nothing is kept after the session.")}`;
}

function Reader(props: { readonly name: string; readonly checked: boolean; readonly onChoose: () => void }) {
  return (
    <label>
      <input type="radio" name="reader" checked={props.checked} onChange={props.onChoose} />
      <span>{props.name}</span>
    </label>
  );
}

function Written(props: { readonly line: Said; readonly mine: boolean; readonly people: ToolProps["people"] }) {
  const { line, mine } = props;
  const reader = props.people.find(({ key }) => key === line.to)?.name ?? tell("one person");
  const alone = line.to === null ? "" : mine ? tell(", only to {reader}", { reader }) : tell(", only to you");
  return (
    <li class={`${mine ? "own " : ""}${line.to === null ? "" : "private"}`}>
      <small>
        {mine ? tell("You") : line.name}
        {alone}
      </small>
      <p>{line.text}</p>
    </li>
  );
}
