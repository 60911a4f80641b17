import { useEffect, useRef } from "preact/hooks";
import type { Desk } from "./desk";

/** Why something wasn't done. It takes the focus, so that nobody looks for it. */
export function Trouble({ desk }: { readonly desk: Pick<Desk, "trouble"> & Partial<Pick<Desk, "outdated" | "again">> }) {
  const alert = useRef<HTMLDivElement>(null);
  const trouble = desk.trouble.value;
  useEffect(() => {
    if (trouble) alert.current?.focus();
  }, [trouble]);
  if (!trouble) return null;
  return (
    <div ref={alert} class="notice" role="alert" tabIndex={-1}>
      <p>{trouble}</p>
      {desk.outdated?.value && (
        <button type="button" onClick={() => void desk.again?.()}>
          Show how it is now
        </button>
      )}
    </div>
  );
}
