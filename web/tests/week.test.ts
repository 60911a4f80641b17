import { describe, expect, it } from "vitest";
import type { Key, Unplaced } from "../src/api/weeks";
import { names } from "../src/words/console";
import { alike } from "../src/words/week";

const group = (who: Key): Unplaced => ({ kind: "group", who: [who], minutes: 120, why: "target", because: "no_group_place", people: [who], widen: [] });
const alone = (who: Key, widen: readonly Key[] = []): Unplaced => ({ kind: "individual", who: [who], minutes: 50, why: "target", because: "taken", people: [who], widen });

describe("what found no time", () => {
  it("is said once for both, however many groups are wanted", () => {
    const said = alike([group("a"), group("b"), group("b"), group("a")]);
    expect(said.map(({ one, count }) => [one.who, one.people, count])).toEqual([[["a", "b"], ["a", "b"], 2]]);
  });

  it("stays apart where the two lack different things", () => {
    const said = alike([group("a"), group("a"), group("b"), alone("a"), alone("b", ["b"])]);
    expect(said.map(({ one, count }) => [one.kind, one.who, count])).toEqual([
      ["group", ["a"], 2],
      ["group", ["b"], 1],
      ["individual", ["a"], 1],
      ["individual", ["b"], 1],
    ]);
  });
});

describe("several names", () => {
  it.each([
    [[], ""],
    [["Alex"], "Alex"],
    [["Alex", "Robin"], "Alex and Robin"],
    [["one session", "two groups", "Kim"], "one session, two groups and Kim"],
  ])("%j read as %j", (list, said) => expect(names(list)).toBe(said));
});
