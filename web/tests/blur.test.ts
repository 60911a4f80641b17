import { describe, expect, it } from "vitest";
import { blur, canBlur, isBlurred } from "../src/rtc/devices";

function camera(capabilities: object, now = false): MediaStreamTrack {
  let blurred = now;
  return {
    getCapabilities: () => capabilities,
    getConstraints: () => ({ width: 1280 }),
    getSettings: () => ({ backgroundBlur: blurred }),
    applyConstraints: async (wanted: { width?: number; backgroundBlur: boolean }) => {
      if (wanted.width !== 1280) throw new Error("what was wanted before is forgotten");
      blurred = wanted.backgroundBlur;
    },
  } as unknown as MediaStreamTrack;
}

describe("a blurred background", () => {
  it("is offered where camera and browser leave it to the page, and nowhere else", () => {
    expect(canBlur(camera({ backgroundBlur: [false, true] }))).toBe(true);
    expect(canBlur(camera({ backgroundBlur: [false] }))).toBe(false);
    expect(canBlur(camera({ backgroundBlur: [true] }, true))).toBe(false);
    expect(canBlur(camera({}))).toBe(false);
    expect(canBlur({} as MediaStreamTrack)).toBe(false);
    expect(canBlur(null)).toBe(false);
  });

  it("is what the camera says, not what was asked", async () => {
    const able = camera({ backgroundBlur: [false, true] });
    await blur(able, true);
    expect(isBlurred(able)).toBe(true);
    const refusing = { ...able, applyConstraints: () => Promise.reject(new Error("no")), getSettings: () => ({}) } as unknown as MediaStreamTrack;
    await blur(refusing, true);
    expect(isBlurred(refusing)).toBe(false);
  });
});
