import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** A question in the way, in the browser's own modal: focus stays inside, Escape means no. */
export function Dialog(props: { readonly title: string; readonly onClose: () => void; readonly children: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby="asked" onCancel={props.onClose}>
      <h2 id="asked">{props.title}</h2>
      {props.children}
    </dialog>
  );
}
