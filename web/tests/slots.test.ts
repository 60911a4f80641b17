import { describe, expect, it } from "vitest";
import { faultOf } from "../src/rtc/devices";
import { linesOf, OWN_PICTURE, OWN_SOUND, slotCount, slotOf } from "../src/rtc/slots";

describe("the m-lines of the one offer", () => {
  it("are two of our own and then two a slot", () => {
    expect([OWN_SOUND, OWN_PICTURE]).toEqual([0, 1]);
    expect([0, 1, 2].map(linesOf)).toEqual([
      { sound: 2, picture: 3 },
      { sound: 4, picture: 5 },
      { sound: 6, picture: 7 },
    ]);
  });

  it.each([
    [0, 0],
    [2, 0],
    [4, 1],
    [6, 2],
    [26, 12],
  ])("%i lines make %i slots", (lines, slots) => {
    expect(slotCount(lines)).toBe(slots);
  });
});

describe("a person's slot", () => {
  it("is the one that carries them", () => {
    expect(slotOf({ "0": "b", "1": "therapist", "2": null }, "therapist")).toBe(1);
  });

  it("is none when nothing carries them", () => {
    expect(slotOf({ "0": null }, "a")).toBeNull();
    expect(slotOf({}, "a")).toBeNull();
  });
});

describe("a device's fault", () => {
  it.each([
    ["NotAllowedError", "blocked"],
    ["SecurityError", "blocked"],
    ["NotFoundError", "missing"],
    ["OverconstrainedError", "missing"],
    ["NotReadableError", "busy"],
    ["AbortError", "busy"],
  ])("%s means %s", (name, fault) => {
    expect(faultOf({ name })).toBe(fault);
  });
});
