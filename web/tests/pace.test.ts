import { describe, expect, it } from "vitest";
import { LATEST, LONGEST, Pace } from "../src/rtc/blur/pace";

/** After how many of these pictures a device counts as too slow; null for never. */
function slowAfter(took: readonly number[]): number | null {
  const pace = new Pace();
  const at = took.findIndex((ms) => pace.slow(ms));
  return at < 0 ? null : at + 1;
}

const pictures = (count: number, ms: number) => new Array<number>(count).fill(ms);

describe("how fast a device blurs", () => {
  it("is fine while the pictures come in time", () => {
    expect(slowAfter(pictures(500, LONGEST))).toBeNull();
  });

  it("is too slow once half of the latest take too long, and is not told so before there are enough", () => {
    expect(slowAfter(pictures(500, LONGEST + 1))).toBe(LATEST);
    expect(slowAfter([...pictures(200, 40), ...pictures(LATEST, LONGEST + 1)])).toBe(200 + LATEST / 2);
  });

  it("forgives a hiccup, however long: a phone that slept", () => {
    expect(slowAfter([...pictures(100, 40), 3_600_000, ...pictures(100, 40), 60_000, ...pictures(100, 40)])).toBeNull();
  });
});
