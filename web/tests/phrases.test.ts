import { describe, expect, it } from "vitest";
import { joined, RATE } from "../src/rtc/hearing/lowered";
import { Phrases } from "../src/rtc/hearing/phrases";

let seed = 1;
const random = () => ((seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647) * 2 - 1;
/** Something as loud as this, for so many seconds. */
const sound = (seconds: number, loud: number) => new Float32Array(RATE * seconds).map(() => loud * random());
/** Four syllables a second. */
const speech = (seconds: number) => sound(seconds, 0.2).map((one, n) => one * Math.abs(Math.sin((4 * Math.PI * n) / RATE)));
const silence = (seconds: number) => new Float32Array(RATE * seconds);

function heard(...parts: Float32Array[]): Phrases {
  const phrases = new Phrases();
  const whole = joined(parts);
  for (let at = 0; at < whole.length; at += 683) phrases.take(whole.slice(at, at + 683));
  return phrases;
}

const seconds = ({ over }: Phrases) => over.map(({ samples }) => samples.length / RATE);

describe("what a voice says", () => {
  it("is nothing while nobody speaks, or something clicks", () => {
    const phrases = heard(silence(3), speech(0.1), silence(3));
    expect([phrases.over, phrases.open]).toEqual([[], null]);
  });

  it("is cut where they pause, with its soft beginning", () => {
    const phrases = heard(silence(1), sound(0.2, 0.004), speech(1.5), silence(0.3), speech(1), silence(1), speech(2), silence(1));
    const [first = 0, second = 0] = seconds(phrases);
    expect(phrases.over.map(({ n, open }) => [n, open])).toEqual([[0, false], [1, false]]);
    expect(first).toBeGreaterThan(0.2 + 1.5 + 0.3 + 1);
    expect(second).toBeGreaterThan(2.2);
    expect(second).toBeLessThan(3.2);
  });

  it("can be read before it is over", () => {
    const phrases = heard(silence(1), speech(1.5));
    expect(phrases.open).toMatchObject({ n: 0, open: true });
    expect(phrases.over).toEqual([]);
    phrases.end();
    expect(phrases.over).toMatchObject([{ n: 0, open: false }]);
    expect(phrases.open).toBeNull();
  });

  it("is cut at a breath once it is long, and somewhere in any case", () => {
    const [first = 0] = seconds(heard(silence(1), speech(7), silence(0.25), speech(4)));
    expect(first).toBeGreaterThan(7);
    expect(first).toBeLessThan(7.6);
    const all = seconds(heard(silence(1), speech(30)));
    expect(all.length).toBe(2);
    expect(Math.max(...all)).toBeLessThanOrEqual(12.1);
  });

  it("is not the fan beside them", () => {
    const phrases = heard(sound(1, 0.02), sound(120, 0.02));
    const fan = phrases.over.length;
    for (let n = 0; n < 30; n++) phrases.take(sound(1, 0.02));
    expect(phrases.over.length).toBe(fan);
    expect(phrases.open).toBeNull();
    phrases.take(joined([speech(1), sound(1, 0.02)]));
    expect(phrases.over.length).toBe(fan + 1);
  });
});
