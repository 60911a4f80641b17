import { useRef, useState } from "preact/hooks";
import { refusal } from "../../words/room";

/**
 * A field whose words are given to `say`, which answers what went wrong, or null. It is emptied at once: what is typed while
 * they are on their way is kept, and so is a word for help that begins in it. Words that did not go out come back into it.
 */
export function useWriting<Field extends HTMLElement>(say: (words: string) => Promise<string | null>) {
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const [sending, setSending] = useState(false);
  const field = useRef<Field>(null);
  const send = async () => {
    const words = text.trim();
    if (!words) return;
    setText("");
    setSending(true);
    const no = await say(words);
    setSending(false);
    setWrong(no && refusal(no));
    if (no !== null) setText((typed) => (typed ? `${words} ${typed}` : words));
    field.current?.focus();
  };
  return { text, setText, wrong, sending, field, send };
}
