const LONGEST = 64; // keys that are looked back at

/** A word that only its owner knows. It is told to nobody, not even the server. */
export class SafeWord {
  #word: RegExp | null = null;
  #begun: RegExp | null = null;
  #tail = "";

  set(word: string): void {
    const letters = [...word.normalize("NFC").replace(/\s+/g, "")].map((letter) => letter.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&"));
    this.#word = letters.length > 0 ? new RegExp(`${letters.join("\\s*")}(?=\\s*$)`, "iu") : null;
    const beginnings = letters.map((_, n) => letters.slice(0, n).join("\\s*")).slice(1);
    this.#begun = beginnings.length > 0 ? new RegExp(`(${beginnings.join("|")})\\s*$`, "iu") : null;
    this.#tail = "";
  }

  /** One key, outside of any field: whether it completes the word. */
  key(key: string): boolean {
    this.#tail = (this.#tail + key).slice(-LONGEST);
    return this.written(this.#tail) !== null;
  }

  /** Whether what was written ends with the word's first letters, and its last are still to come. */
  begun(text: string): boolean {
    return this.#begun?.test(text) ?? false;
  }

  /** Where the word stands at the end of what was written: its first place, and the one behind it; null where it doesn't. */
  written(text: string): readonly [number, number] | null {
    const found = this.#word?.exec(text);
    return found ? [found.index, found.index + found[0].length] : null;
  }
}
