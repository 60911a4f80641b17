import { describe, expect, it } from "vitest";
import { joined, Lowered, RATE } from "../src/rtc/hearing/lowered";

function tone(hertz: number, rate: number, seconds = 1): Float32Array {
  return new Float32Array(rate * seconds).map((_, n) => 0.5 * Math.sin((2 * Math.PI * hertz * n) / rate));
}

function blocks(sound: Float32Array, length: number): Float32Array[] {
  return Array.from({ length: Math.ceil(sound.length / length) }, (_, n) => sound.slice(n * length, (n + 1) * length));
}

const loudness = (sound: Float32Array) => Math.sqrt(sound.reduce((sum, one) => sum + one * one, 0) / sound.length);
const middle = (sound: Float32Array) => sound.slice(2_000, -2_000); // past where it began and before where it ends

describe("a voice at 16 kHz", () => {
  it.each([48_000, 44_100, 16_000])("is the same voice, from %i Hz", (rate) => {
    const lowered = joined(blocks(tone(1_000, rate), 2_048).map(((lower) => (block: Float32Array) => lower.take(block))(new Lowered(rate))));
    expect(Math.abs(lowered.length - RATE)).toBeLessThan(20);
    const crossings = middle(lowered).filter((one, n, all) => n > 0 && one >= 0 !== (all[n - 1] ?? 0) >= 0).length;
    expect(crossings / (2 * middle(lowered).length)).toBeCloseTo(1_000 / RATE, 3);
    expect(loudness(middle(lowered))).toBeCloseTo(loudness(tone(1_000, rate)), 2);
  });

  it("has nothing that was too high for it", () => {
    expect(loudness(middle(new Lowered(48_000).take(tone(11_000, 48_000))))).toBeLessThan(0.002);
  });

  it("does not depend on how it came", () => {
    const sound = tone(440, 44_100);
    const [few, many] = [new Lowered(44_100), new Lowered(44_100)];
    const [one, other] = [joined(blocks(sound, 4_096).map((block) => few.take(block))), joined(blocks(sound, 333).map((block) => many.take(block)))];
    expect(one.length).toBe(other.length);
    expect(Math.max(...one.map((sample, n) => Math.abs(sample - (other[n] ?? 0))))).toBeLessThan(1e-3);
  });
});
