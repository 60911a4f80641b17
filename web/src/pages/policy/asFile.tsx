import { useRef } from "preact/hooks";
import type { Fault } from "../../api/policy";
import type { Desk } from "./desk";

/** The same as a file, for clauses of one's own; a fault takes the caret to its place. */
export function AsFile({ desk }: { readonly desk: Desk }) {
  const area = useRef<HTMLTextAreaElement>(null);
  const faults = desk.checked.value?.faults ?? [];
  const go = (fault: Fault) => {
    const lines = desk.text.value.split("\n");
    const at = lines.slice(0, fault.line - 1).reduce((sum, line) => sum + line.length + 1, fault.column - 1);
    area.current?.focus();
    area.current?.setSelectionRange(at, at);
  };
  return (
    <>
      <details open={faults.length > 0}>
        <summary>As a file, with clauses of your own</summary>
        <label class="col tight">
          <small>What is not said here is as in every policy. A clause of your own is tried before the one it names.</small>
          <textarea ref={area} class="file" rows={14} spellcheck={false} value={desk.text.value} onInput={(event) => desk.write(event.currentTarget.value)} />
        </label>
      </details>
      {faults.length > 0 && (
        <div class="notice" role="alert">
          <p>
            <strong>This can’t be read yet.</strong>
          </p>
          <ul>
            {faults.map((fault) => (
              <li key={`${fault.line}:${fault.column}:${fault.message}`}>
                <button class="small quiet" type="button" onClick={() => go(fault)}>
                  Line {fault.line}, column {fault.column}
                </button>{" "}
                {fault.message}
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}
