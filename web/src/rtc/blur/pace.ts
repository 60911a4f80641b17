/** Whether a device keeps up, from how long each picture takes. */
export class Pace {
  readonly #took: number[] = [];

  /** Takes the milliseconds of one more picture; true once the device is too slow, by the middle of the latest. */
  slow(ms: number): boolean {
    this.#took.push(ms);
    if (this.#took.length > LATEST) this.#took.shift();
    if (this.#took.length < LATEST) return false;
    const middle = [...this.#took].sort((a, b) => a - b)[LATEST >> 1] ?? 0;
    return middle > LONGEST;
  }
}

export const LATEST = 30; // pictures: a hiccup of the machine is none of the device
export const LONGEST = 400; // ms: with fewer than two or three pictures a second nobody follows a face
