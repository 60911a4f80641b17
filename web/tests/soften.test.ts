import { describe, expect, it } from "vitest";
import { SHRINK, soften } from "../src/rtc/blur/soften";

const [WIDTH, HEIGHT] = [256, 144];
const PIXELS = WIDTH * HEIGHT;

/** A wall of stripes, black and white, with a red person on its left half. */
function atHome(stripe: number): { readonly pixels: Uint8ClampedArray; readonly surely: Float32Array } {
  const pixels = new Uint8ClampedArray(PIXELS * 4);
  const surely = new Float32Array(PIXELS);
  for (let n = 0; n < PIXELS; n++) {
    const x = n % WIDTH;
    const person = x < WIDTH / 2;
    const wall = Math.floor(x / stripe) % 2 ? 255 : 0;
    pixels.set(person ? [255, 0, 0, 255] : [wall, wall, wall, 255], n * 4);
    surely[n] = person ? 1 : 0;
  }
  return { pixels, surely };
}

function reds(room: Uint8ClampedArray, from: number, to: number): number[] {
  const columns = WIDTH / SHRINK;
  const row = Math.floor(room.length / 4 / columns / 2);
  return Array.from({ length: to - from }, (_, k) => room[(row * columns + from + k) * 4] ?? -1);
}

describe("a picture with what is behind its person blurred", () => {
  it("keeps the person, and of the room nothing that could be told apart", () => {
    const { pixels, surely } = atHome(4); // letters on a poster, on a picture 1280 wide, are 20 high
    const { person, room } = soften(pixels, surely, WIDTH);
    expect(person[3]).toBe(255);
    expect(person[(WIDTH - 1) * 4 + 3]).toBe(0);
    const seen = reds(room, WIDTH / SHRINK / 2 + 4, WIDTH / SHRINK - 4);
    expect(Math.max(...seen) - Math.min(...seen)).toBeLessThan(8);
  });

  it("hides the room where it isn't sure", () => {
    const { pixels } = atHome(4);
    const { person } = soften(pixels, new Float32Array(PIXELS).fill(0.5), WIDTH);
    expect(person.every((one) => one === 0)).toBe(true);
  });

  it("has no glow of the person in it", () => {
    const { pixels, surely } = atHome(WIDTH); // the wall is all black
    const { room } = soften(pixels, surely, WIDTH);
    expect(Math.max(...reds(room, WIDTH / SHRINK / 2, WIDTH / SHRINK))).toBe(0);
  });

  it("is opaque behind all of the person", () => {
    const { pixels, surely } = atHome(4);
    const { room } = soften(pixels, surely, WIDTH);
    expect(room.filter((_, n) => n % 4 === 3).every((alpha) => alpha === 255)).toBe(true);
  });
});
