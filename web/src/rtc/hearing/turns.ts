import { RATE } from "./lowered";
import { type Phrase, Phrases } from "./phrases";

const BEHIND = 20 * RATE; // samples that wait: words so late are no captions
const MORE = RATE; // samples between two readings of a phrase that goes on

export interface Turn {
  readonly voice: string;
  readonly phrase: Phrase;
}

interface Voice {
  readonly phrases: Phrases;
  /** How much of the phrase that goes on was read, in samples. */
  read: { readonly n: number; readonly length: number };
  gone: boolean;
}

/** Which phrase is read next: those that are over first, for they don't change any more. */
export class Turns {
  readonly #voices = new Map<string, Voice>();

  /** A voice that is heard from now on. */
  begin(voice: string): Phrases {
    const phrases = new Phrases();
    this.#voices.set(voice, { phrases, read: { n: 0, length: 0 }, gone: false });
    return phrases;
  }

  /** It is heard no more: what it was saying is over. */
  end(voice: string): void {
    const ending = this.#voices.get(voice);
    if (!ending) return;
    ending.gone = true;
    ending.phrases.end();
  }

  next(): Turn | null {
    for (const [voice, { phrases, gone }] of this.#voices) {
      const phrase = phrases.over.shift();
      if (phrase) return { voice, phrase };
      if (gone) this.#voices.delete(voice);
    }
    for (const [voice, one] of this.#voices) {
      const { now } = one.phrases;
      const before = one.read.n === now.n ? one.read.length : 0;
      const phrase = now.length < before + MORE ? null : one.phrases.open;
      if (!phrase) continue;
      one.read = now;
      return { voice, phrase };
    }
    return null;
  }

  /** So much waits to be read that it would come too late. */
  get behind(): boolean {
    const over = [...this.#voices.values()].flatMap(({ phrases }) => phrases.over);
    return over.reduce((sum, { samples }) => sum + samples.length, 0) > BEHIND;
  }
}
