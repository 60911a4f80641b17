import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import type * as Y from "yjs";

const MOST = 4000; // characters that the server takes of a part

interface Props {
  readonly label: string;
  readonly hint: string;
  readonly text: Y.Text;
  readonly open: boolean;
}

/** One part of the plan: what is typed goes into the shared text as the change it is, and the caret stays where it was. */
export function Part({ label, hint, text, open }: Props) {
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
  }, [shown]);
  return (
    <p class="field">
      <label for={id}>{label}</label>
      <textarea ref={area} id={id} rows={2} maxLength={MOST} readOnly={!open} aria-describedby={`${id}-hint`} value={shown} onInput={(event) => type(text, event.currentTarget.value)} />
      <small id={`${id}-hint`}>{hint}</small>
    </p>
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
