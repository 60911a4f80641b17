import { signal } from "@preact/signals-core";

/**
 * The server's policy clock, as this page may know it: what the server said last, plus what has passed here since,
 * times `speed` (1 except in a demo). The machine's own wall clock is never asked: it may be wrong.
 */
export class PolicyClock {
  /** Policy time in epoch milliseconds, moved by `tick`; 0 until the server has said anything. */
  readonly now = signal(0);
  readonly speed = signal(1);
  #base = 0;
  #heardAt = 0;

  constructor(private readonly elapsed: () => number = () => performance.now()) {}

  hear(now: string, speed: number = this.speed.value): void {
    const at = Date.parse(now);
    if (Number.isNaN(at)) return;
    this.#base = at;
    this.#heardAt = this.elapsed();
    this.speed.value = speed;
    this.tick();
  }

  /** Policy time right now, in epoch milliseconds. */
  read(): number {
    return this.#base === 0 ? 0 : this.#base + (this.elapsed() - this.#heardAt) * this.speed.value;
  }

  tick(): void {
    this.now.value = this.read();
  }

  /** Policy milliseconds left until `instant`, never negative. */
  left(instant: string): number {
    return Math.max(0, Date.parse(instant) - this.now.value);
  }

  /** Milliseconds on a real watch until `instant`. */
  realLeft(instant: string): number {
    return Math.max(0, Date.parse(instant) - this.read()) / this.speed.value;
  }

  /** How often a countdown must be drawn to look even, in real milliseconds. */
  get period(): number {
    return Math.max(100, 1000 / this.speed.value);
  }
}
