export const RATE = 16_000; // Hz: what the recogniser was trained on

const CUT = 7_400; // Hz: nothing above it may come back as something below
const REACH = 12; // periods of the lower rate, on either side
const STEPS = 160; // places between two samples; the two usual rates need no others

/** One voice at its own rate, in Hz, brought down to 16 kHz, block by block. */
export class Lowered {
  readonly #step: number;
  readonly #half: number;
  readonly #filters = new Map<number, Float32Array>();
  #held: Float32Array;
  #at: number;

  constructor(private readonly rate: number) {
    this.#step = rate / RATE;
    this.#half = Math.ceil(REACH * this.#step);
    this.#held = new Float32Array(this.#half);
    this.#at = this.#half;
  }

  take(block: Float32Array): Float32Array {
    const held = joined([this.#held, block]);
    const lower: number[] = [];
    for (; this.#at + this.#half < held.length; this.#at += this.#step) lower.push(this.#value(held));
    const done = Math.max(0, Math.floor(this.#at) - this.#half);
    this.#held = held.slice(done);
    this.#at -= done;
    return Float32Array.from(lower);
  }

  #value(held: Float32Array): number {
    const whole = Math.floor(this.#at);
    const filter = this.#filter(Math.round((this.#at - whole) * STEPS));
    const from = whole - this.#half + 1;
    let sum = 0;
    for (let n = 0; n < filter.length; n++) sum += (filter[n] ?? 0) * (held[from + n] ?? 0);
    return sum;
  }

  /** A windowed sinc for a place between two samples. */
  #filter(between: number): Float32Array {
    const there = this.#filters.get(between);
    if (there) return there;
    const filter = new Float32Array(2 * this.#half).map((_, n) => this.#weight(n - this.#half + 1 - between / STEPS));
    const sum = filter.reduce((all, one) => all + one, 0);
    const even = filter.map((one) => one / sum);
    this.#filters.set(between, even);
    return even;
  }

  #weight(away: number): number {
    if (Math.abs(away) >= this.#half) return 0;
    const angle = (2 * Math.PI * CUT * away) / this.rate;
    return (away === 0 ? 1 : Math.sin(angle) / angle) * (0.5 + 0.5 * Math.cos((Math.PI * away) / this.#half));
  }
}

export function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
