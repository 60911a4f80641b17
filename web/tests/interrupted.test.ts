import { describe, expect, it } from "vitest";
import { awayBy } from "../src/rtc/interrupted";

const FINE = { taken: false, ended: false };
const TAKEN = { taken: true, ended: false };
const ENDED = { taken: false, ended: true };

describe("who is away for a moment", () => {
  it("is nobody whose page is only behind another window and still sends", () => {
    expect(awayBy(true, FINE, FINE)).toBe(false);
    expect(awayBy(false, FINE, FINE)).toBe(false);
  });

  it("is who has a call on their microphone, whether the page is in front or not", () => {
    expect(awayBy(false, TAKEN, FINE)).toBe(true);
    expect(awayBy(true, TAKEN, null)).toBe(true);
  });

  it("is whose camera stopped with another app in front", () => {
    expect(awayBy(true, FINE, TAKEN)).toBe(true);
    expect(awayBy(true, FINE, ENDED)).toBe(true);
    expect(awayBy(false, FINE, TAKEN)).toBe(false);
  });

  it("is nobody who only listens", () => {
    expect(awayBy(true, null, null)).toBe(false);
    expect(awayBy(true, FINE, null)).toBe(false);
  });
});
