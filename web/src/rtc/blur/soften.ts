/** What becomes of one small picture: where its person is, and what is behind them, blurred beyond recognition. */

export interface Seen {
  /** Of the size that was looked at: opaque where the person is, for what lies over the rest. RGBA. */
  readonly person: Uint8ClampedArray<ArrayBuffer>;
  /** A quarter as wide and as high: the room, blurred. RGBA, opaque. */
  readonly room: Uint8ClampedArray<ArrayBuffer>;
}

export const SHRINK = 4; // how much smaller the room is than what was looked at
const RADIUS = 3; // of one pass, in pixels of the shrunken room: some 70 of a picture 1280 wide, after all passes
const PASSES = 3; // of a box, which together are as good as a bell
const [DOUBT, SURE] = [0.5, 0.85]; // below, a pixel is the room's; above, the person's
const LEAST = 0.02; // of weight: below it only the person is there, and hides what is behind

/** `pixels` are RGBA; `surely` says how surely each is the person's, 0 to 1. */
export function soften(pixels: Uint8ClampedArray, surely: Float32Array, width: number): Seen {
  const person = new Uint8ClampedArray(pixels.length);
  surely.forEach((sure, n) => (person[n * 4 + 3] = (255 * (sure - DOUBT)) / (SURE - DOUBT)));
  return { person, room: blurred(pixels, person, width) };
}

/** The person's own colours have no weight in it, or they would glow around them. */
function blurred(pixels: Uint8ClampedArray, person: Uint8ClampedArray, width: number): Uint8ClampedArray<ArrayBuffer> {
  const [columns, rows] = [width / SHRINK, pixels.length / 4 / width / SHRINK];
  const sums = new Float32Array(columns * rows * 4);
  for (let n = 0; n < person.length / 4; n++) {
    const into = (Math.floor(n / width / SHRINK) * columns + Math.floor((n % width) / SHRINK)) * 4;
    const weight = 1 - (person[n * 4 + 3] ?? 0) / 255;
    for (let c = 0; c < 3; c++) sums[into + c]! += weight * (pixels[n * 4 + c] ?? 0);
    sums[into + 3]! += weight;
  }
  for (let pass = 0; pass < PASSES; pass++) {
    box(sums, columns, rows, 4, columns * 4);
    box(sums, rows, columns, columns * 4, 4);
  }
  const room = new Uint8ClampedArray(sums.length);
  for (let n = 0; n < sums.length; n += 4) {
    const weight = Math.max(sums[n + 3] ?? 0, LEAST);
    for (let c = 0; c < 3; c++) room[n + c] = (sums[n + c] ?? 0) / weight;
    room[n + 3] = 255;
  }
  return room;
}

/** Each value becomes the mean of those around it, along lines of `length` values `step` apart; lines lie `stride` apart. */
function box(values: Float32Array, length: number, lines: number, step: number, stride: number): void {
  const line = new Float32Array(length);
  for (let n = 0; n < lines; n++) {
    for (let c = 0; c < 4; c++) {
      const at = n * stride + c;
      for (let k = 0; k < length; k++) line[k] = values[at + k * step] ?? 0;
      for (let k = 0; k < length; k++) {
        const [from, to] = [Math.max(0, k - RADIUS), Math.min(length - 1, k + RADIUS)];
        let sum = 0;
        for (let near = from; near <= to; near++) sum += line[near] ?? 0;
        values[at + k * step] = sum / (to - from + 1);
      }
    }
  }
}
