import { useEffect, useRef } from "preact/hooks";
import type { Desk } from "./desk";

/** Why something wasn't done. It takes the focus, so that nobody looks for it. */
export function Trouble({ desk }: { readonly desk: Pick<Desk, "trouble"> }) {
  const alert = useRef<HTMLParagraphElement>(null);
  const trouble = desk.trouble.value;
  useEffect(() => {
    if (trouble) alert.current?.focus();
  }, [trouble]);
  if (!trouble) return null;
  return (
    <p ref={alert} class="notice" role="alert" tabIndex={-1}>
      {trouble}
    </p>
  );
}
