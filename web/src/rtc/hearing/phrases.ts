import { joined, RATE } from "./lowered";

/** A stretch of one voice's speech, at 16 kHz. `open`: they may be going on. */
export interface Phrase {
  readonly n: number;
  readonly samples: Float32Array;
  readonly open: boolean;
}

export const FRAME = 512; // samples: 32 ms

const BEFORE = 8; // frames kept from before the first loud one: a soft beginning belongs to its word
const BEGINS = 3; // loud frames in a row
const LEAST = 6; // loud frames in all: less is a cough or a click
const PAUSE = 20; // quiet frames: the end of a phrase
const BREATH = 5; // quiet frames that end a long one
const LONG = Math.round((6 * RATE) / FRAME);
const LONGEST = Math.round((12 * RATE) / FRAME);
const SOFTEST = 0.006; // of full scale: below it nothing is speech
const OVER_NOISE = 3; // times as loud as the noise around them
const NOISE_RISES = 0.002; // of the way, in each frame: a fan takes six seconds, and speech has a pause before that

/** One voice cut into phrases where it pauses. */
export class Phrases {
  /** Those that are over, the oldest first, for whoever takes them away. */
  readonly over: Phrase[] = [];
  #rest = new Float32Array(0);
  #frames: Float32Array[] = [];
  #noise = 0;
  #loud = 0;
  #loudInARow = 0;
  #quietInARow = 0;
  #speaking = false;
  #n = 0;

  take(samples: Float32Array): void {
    const all = joined([this.#rest, samples]);
    let at = 0;
    for (; at + FRAME <= all.length; at += FRAME) this.#frame(all.slice(at, at + FRAME));
    this.#rest = all.slice(at);
  }

  /** How much of what they are saying now has come, in samples, and which phrase it is; asked at every block. */
  get now(): { readonly n: number; readonly length: number } {
    return { n: this.#n, length: this.#speaking && this.#loud >= LEAST ? this.#frames.length * FRAME : 0 };
  }

  /** What they are saying now. */
  get open(): Phrase | null {
    return this.now.length > 0 ? this.#phrase(true) : null;
  }

  /** Nothing more comes. */
  end(): void {
    if (this.#speaking) this.#close();
  }

  #frame(frame: Float32Array): void {
    const loud = this.#isLoud(frame);
    this.#frames.push(frame);
    this.#loudInARow = loud ? this.#loudInARow + 1 : 0;
    this.#quietInARow = loud ? 0 : this.#quietInARow + 1;
    if (!this.#speaking) {
      if (this.#frames.length > BEFORE + BEGINS) this.#frames.shift();
      this.#speaking = this.#loudInARow >= BEGINS;
      this.#loud = this.#speaking ? BEGINS : 0;
      return;
    }
    if (loud) this.#loud += 1;
    const length = this.#frames.length;
    if (this.#quietInARow >= (length > LONG ? BREATH : PAUSE) || length >= LONGEST) this.#close();
  }

  #isLoud(frame: Float32Array): boolean {
    const level = Math.sqrt(frame.reduce((sum, sample) => sum + sample * sample, 0) / FRAME);
    this.#noise = level < this.#noise ? (this.#noise + level) / 2 : this.#noise + (level - this.#noise) * NOISE_RISES;
    return level > Math.max(SOFTEST, OVER_NOISE * this.#noise);
  }

  #close(): void {
    if (this.#loud >= LEAST) this.over.push(this.#phrase(false));
    this.#n += 1;
    this.#frames = [];
    this.#speaking = false;
  }

  #phrase(open: boolean): Phrase {
    return { n: this.#n, samples: joined(this.#frames), open };
  }
}
