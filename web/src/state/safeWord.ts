/** A word that only its owner knows. It lives in this page's memory and is told to nobody, not even the server. */
export class SafeWord {
  #word = "";
  #tail = "";

  set(word: string): void {
    this.#word = plain(word);
    this.#tail = "";
  }

  get known(): boolean {
    return this.#word !== "";
  }

  /** One key, outside of any field: whether it completes the word. */
  key(key: string): boolean {
    this.#tail = (this.#tail + plain(key)).slice(-64);
    return this.#said(this.#tail);
  }

  /** What stands in a field now: whether it ends with the word. */
  text(text: string): boolean {
    return this.#said(plain(text.slice(-64)));
  }

  #said(text: string): boolean {
    return this.known && text.endsWith(this.#word);
  }
}

const plain = (text: string) => text.toLocaleLowerCase().replace(/\s+/g, "");
