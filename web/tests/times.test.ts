import { describe, expect, it } from "vitest";
import { firstDay, hoursSaid, instantOf, wallOf } from "../src/words/times";

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

describe("the hours of a week", () => {
  it.each([
    [[[0, "09:00", "17:00"], [1, "09:00", "17:00"], [2, "09:00:00", "17:00:00"]], "Monday to Wednesday, 9:00 AM to 5:00 PM"],
    [[[5, "10:30", "12:00"]], "Saturday, 10:30 AM to 12:00 PM"],
    [[[0, "09:00", "17:00"], [2, "09:00", "17:00"]], "2 days of the week"],
    [[[0, "09:00", "12:00"], [0, "14:00", "17:00"], [1, "09:00", "17:00"]], "2 days of the week"],
    [[], "not yet said"],
  ] as const)("%j are %s", (hours, said) => expect(hoursSaid(hours).replaceAll("\u202f", " ")).toBe(said));
});

describe("a new couple's first week", () => {
  it.each([
    ["2026-11-27", "2026-11-27"], // a Friday
    ["2026-11-28", "2026-11-30"],
    ["2026-11-29", "2026-11-30"],
    ["2026-11-30", "2026-11-30"],
    ["2027-01-02", "2027-01-04"],
  ])("of whom is added on %s holds %s", (today, first) => expect(firstDay(today)).toBe(first));
});
