import { signal } from "@preact/signals-core";

const AGAIN = 2000; // ms before a look whose answer never came is repeated
const LATER = new Set(["unreachable", "unavailable", "too_many_requests"]); // refusals that pass by themselves

/**
 * What stands on the server, as a page shows it. Of several looks the one that began last counts, whichever is answered
 * first; and where no answer came it is looked for again, for nobody else will say that something was missed.
 */
export class Newest<T> {
  readonly value = signal<T | null>(null);
  #begun = 0;
  #shown = 0; // which of them `value` is from
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly ask: () => Promise<T>) {}

  async look(): Promise<void> {
    const mine = this.#begins();
    try {
      this.#show(mine, await this.ask());
    } catch (error) {
      const passing = LATER.has((error as { code?: string }).code ?? "");
      if (passing && mine === this.#begun) this.#timer = setTimeout(() => void this.look(), AGAIN);
    }
  }

  /** Told by the answer to something else that was asked: no look that began before it counts any more. */
  set(value: T): void {
    this.#show(this.#begins(), value);
  }

  end(): void {
    this.#begins();
  }

  #begins(): number {
    clearTimeout(this.#timer);
    this.#begun += 1;
    return this.#begun;
  }

  #show(mine: number, value: T): void {
    if (mine < this.#shown) return;
    this.#shown = mine;
    this.value.value = value;
  }
}
