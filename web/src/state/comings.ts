const AGAIN = 60_000; // ms

/** What comes and goes, and is to be said when it comes, though not each time. */
export class Comings {
  readonly #said = new Map<string, number>();
  #there: readonly string[] = [];

  /** Which of those that are there now have come, and were not said within the last minute; `now` in ms. */
  news(there: readonly string[], now: number): string[] {
    const come = there.filter((one) => !this.#there.includes(one) && now - (this.#said.get(one) ?? -AGAIN) >= AGAIN);
    this.#there = there;
    for (const one of come) this.#said.set(one, now);
    return come;
  }
}
