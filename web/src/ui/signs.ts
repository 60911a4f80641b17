import type { SafeWord } from "../state/safeWord";

const TWICE = 1_000; // ms between two Escapes that mean "away"
const TAPS = 1_500; // ms in which three taps on one's own picture are a sign

interface Signs {
  readonly word: SafeWord;
  readonly away: () => void;
  readonly help: () => void;
}

/** Escape twice, a word typed anywhere, or three taps on one's own picture. Nothing on the page shows that it was noticed. */
export function watching({ word, away, help }: Signs): () => void {
  let escaped = -TWICE;
  let taps: number[] = [];
  const key = (event: KeyboardEvent) => {
    if (event.key === "Escape" && !event.repeat) {
      if (event.timeStamp - escaped < TWICE) away();
      escaped = event.timeStamp;
    } else if (event.key.length === 1 && !isField(event.target) && word.key(event.key)) help();
  };
  const input = ({ target }: Event) => {
    if (isField(target) && target.id !== "own-word" && taken(word, target)) help();
  };
  const tap = (event: MouseEvent) => {
    if (!(event.target instanceof Element) || !event.target.closest(".mine")) return;
    taps = [...taps.filter((at) => event.timeStamp - at < TAPS), event.timeStamp];
    if (taps.length < 3) return;
    taps = [];
    help();
  };
  addEventListener("keydown", key, true);
  addEventListener("input", input, true);
  addEventListener("click", tap, true);
  return () => {
    removeEventListener("keydown", key, true);
    removeEventListener("input", input, true);
    removeEventListener("click", tap, true);
  };
}

/** Whether somebody is in the middle of writing the word. */
export function halfWritten(word: SafeWord): boolean {
  const field = document.activeElement;
  return isField(field) && word.begun(beforeCaret(field));
}

/** Takes the word out of a field before the page reads what was written there, so that nothing can send it. */
function taken(word: SafeWord, field: HTMLInputElement | HTMLTextAreaElement): boolean {
  const at = word.written(beforeCaret(field));
  if (!at) return false;
  const caret = (field.selectionStart ?? field.value.length) - (at[1] - at[0]);
  field.value = field.value.slice(0, at[0]) + field.value.slice(at[1]);
  field.setSelectionRange(caret, caret);
  return true;
}

function beforeCaret({ value, selectionStart }: HTMLInputElement | HTMLTextAreaElement): string {
  return value.slice(0, selectionStart ?? value.length);
}

function isField(target: EventTarget | null): target is HTMLInputElement | HTMLTextAreaElement {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}
