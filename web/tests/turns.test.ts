import { describe, expect, it } from "vitest";
import { RATE } from "../src/rtc/hearing/lowered";
import { Turns } from "../src/rtc/hearing/turns";

const loud = (seconds: number) => new Float32Array(RATE * seconds).map((_, n) => (n % 2 ? 0.2 : -0.2) * Math.abs(Math.sin((4 * Math.PI * n) / RATE)));
const silence = new Float32Array(RATE);

/** Turn after turn, until nothing is due. */
function taken(turns: Turns): string[] {
  const all: string[] = [];
  for (let turn = turns.next(); turn; turn = turns.next()) all.push(`${turn.voice}${turn.phrase.n}${turn.phrase.open ? "…" : ""}`);
  return all;
}

describe("whose words come next", () => {
  it("are of a sentence that is over, then of those that go on, each second anew", () => {
    const turns = new Turns();
    const [a, b] = [turns.begin("a"), turns.begin("b")];
    a.take(loud(2));
    for (const part of [loud(1), silence, loud(1), silence]) b.take(part);
    expect(taken(turns)).toEqual(["b0", "b1", "a0…"]);
    a.take(loud(0.5));
    expect(taken(turns)).toEqual([]);
    a.take(loud(1));
    expect(taken(turns)).toEqual(["a0…"]);
    a.take(silence);
    expect(taken(turns)).toEqual(["a0"]);
  });

  it("are the last of whoever goes, once", () => {
    const turns = new Turns();
    turns.begin("a").take(loud(2));
    turns.end("a");
    turns.end("a");
    expect([taken(turns), taken(turns)]).toEqual([["a0"], []]);
  });

  it("would be too late once twenty seconds wait", () => {
    const turns = new Turns();
    const a = turns.begin("a");
    const wait = (sentences: number) => {
      for (let n = 0; n < sentences; n++) [loud(4), silence].forEach((part) => a.take(part));
      return turns.behind;
    };
    expect([wait(4), wait(1)]).toEqual([false, true]);
    taken(turns);
    expect(turns.behind).toBe(false);
  });
});
