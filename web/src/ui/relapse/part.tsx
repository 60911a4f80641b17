import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import type * as Y from "yjs";
import type { Section } from "../../api/relapse";
import { numbersIn } from "../../words/phones";
import type { Say } from "../../words/say";

const MOST = 4000; // characters that the server takes of a part

interface Props {
  readonly section: Section;
  readonly say: Say;
  readonly text: Y.Text;
  readonly open: boolean;
}

/**
 * One part of the plan. Where it is open to be written, what is typed goes into the shared text as the change it is, and
 * the caret stays where it was; where it isn’t, it is words to read, and the numbers of who to call can be called.
 */
export function Part({ section, say, text, open }: Props) {
  const label = say(`plan_${section}`);
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const caret = useRef<[number, number] | null>(null);
  const [shown, setShown] = useState(text.toString());
  useEffect(() => {
    const changed = (event: Y.YTextEvent, transaction: Y.Transaction) => {
      const field = area.current;
      if (field && !transaction.local) caret.current = [moved(field.selectionStart, event), moved(field.selectionEnd, event)];
      setShown(text.toString());
    };
    text.observe(changed);
    setShown(text.toString());
    return () => text.unobserve(changed);
  }, [text]);
  useLayoutEffect(() => {
    const field = area.current;
    if (field && caret.current && document.activeElement === field) field.setSelectionRange(...caret.current);
    caret.current = null;
    if (field) {
      field.style.height = "auto";
      field.style.height = `${field.scrollHeight + 3}px`;
    }
  }, [shown, open]);
  if (!open) {
    return (
      <div class="readpart">
        <h3>{label}</h3>
        {shown.trim() ? <p>{section === "who_to_call" ? <Callable text={shown} /> : shown}</p> : <p class="soft">{say("plan_nothing")}</p>}
      </div>
    );
  }
  return (
    <p class="field">
      <label for={id}>{label}</label>
      <textarea ref={area} id={id} rows={2} maxLength={MOST} aria-describedby={`${id}-hint`} value={shown} onInput={(event) => type(text, event.currentTarget.value)} />
      <small id={`${id}-hint`}>{say(`plan_${section}_hint`)}</small>
    </p>
  );
}

function Callable({ text }: { readonly text: string }) {
  return (
    <>
      {numbersIn(text).map((piece, n) => (piece.tel ? <a key={n} href={`tel:${piece.tel}`}>{piece.text}</a> : piece.text))}
    </>
  );
}

/** The smallest change between what the text is and what is shown: common ends stay, so that nobody else’s words move. */
function type(text: Y.Text, after: string): void {
  const before = text.toString();
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  while (end < before.length - start && end < after.length - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  text.doc?.transact(() => {
    if (before.length - end > start) text.delete(start, before.length - end - start);
    if (after.length - end > start) text.insert(start, after.slice(start, after.length - end));
  });
}

/** Where a caret is after somebody else’s change. */
function moved(caret: number, event: Y.YTextEvent): number {
  let at = 0;
  for (const step of event.changes.delta) {
    if (step.retain) at += step.retain;
    else if (step.delete) caret -= Math.max(0, Math.min(step.delete, caret - at));
    else if (typeof step.insert === "string") {
      if (at < caret) caret += step.insert.length;
      at += step.insert.length;
    }
  }
  return caret;
}
