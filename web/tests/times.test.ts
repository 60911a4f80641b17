import { describe, expect, it } from "vitest";
import { instantOf, wallOf } from "../src/words/times";

describe("a wall clock", () => {
  it.each([
    ["2026-11-24T15:00", "America/New_York", "2026-11-24T20:00:00.000Z"],
    ["2026-07-01T00:30", "Europe/Madrid", "2026-06-30T22:30:00.000Z"],
    ["2026-11-01T01:30", "America/New_York", "2026-11-01T05:30:00.000Z"], // repeated: the first
    ["2026-03-08T02:30", "America/New_York", "2026-03-08T07:30:00.000Z"], // skipped: the hour after
    ["2026-01-15T12:00", "Asia/Kolkata", "2026-01-15T06:30:00.000Z"],
  ])("%s in %s is %s", (wall, zone, instant) => {
    expect(instantOf(wall, zone)).toBe(instant);
  });

  it.each(["America/New_York", "America/Denver", "Europe/Madrid", "Australia/Lord_Howe", "UTC"])("comes back to itself all year round in %s", (zone) => {
    for (let at = Date.UTC(2026, 0, 1); at < Date.UTC(2027, 0, 1); at += 7 * 3_600_000) {
      const wall = wallOf(at, zone);
      expect(wallOf(Date.parse(instantOf(wall, zone)), zone)).toBe(wall);
    }
  });
});
