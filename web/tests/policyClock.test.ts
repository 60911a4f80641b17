import { describe, expect, it } from "vitest";
import { PolicyClock } from "../src/state/policyClock";
import { countdown, spoken } from "../src/words/times";

const NOON = Date.parse("2026-03-02T12:00:00Z");
const at = (minutes: number) => new Date(NOON + minutes * 60_000).toISOString();

function clockAt(speed: number): { clock: PolicyClock; pass: (ms: number) => void } {
  let elapsed = 5_000;
  const clock = new PolicyClock(() => elapsed);
  clock.hear(at(0), speed);
  return {
    clock,
    pass: (ms) => {
      elapsed += ms;
      clock.tick();
    },
  };
}

describe("the policy clock", () => {
  it.each([
    [1, 60_000, "4:00"],
    [60, 1_000, "4:00"],
    [60, 3_500, "1:30"],
    [2.5, 60_000, "2:30"],
  ])("at speed %f shows after %i ms that %s is left of five minutes", (speed, passed, shown) => {
    const { clock, pass } = clockAt(speed);
    pass(passed);
    expect(countdown(clock.left(at(5)))).toBe(shown);
  });

  it("never shows less than nothing", () => {
    const { clock, pass } = clockAt(60);
    pass(600_000);
    expect(clock.left(at(5))).toBe(0);
    expect(countdown(clock.left(at(5)))).toBe("0:00");
  });

  it("takes the server's word over its own", () => {
    const { clock, pass } = clockAt(1);
    pass(60_000);
    clock.hear(at(3));
    expect(countdown(clock.left(at(5)))).toBe("2:00");
  });

  it("keeps its speed when a message names only the time", () => {
    const { clock, pass } = clockAt(60);
    clock.hear(at(1));
    pass(1_000);
    expect(clock.read()).toBe(NOON + 2 * 60_000);
  });

  it("ignores what is no time", () => {
    const { clock } = clockAt(1);
    clock.hear("soon");
    expect(clock.read()).toBe(NOON);
  });

  it("knows what is left on a real watch", () => {
    expect(clockAt(60).clock.realLeft(at(5))).toBe(5_000);
  });
});

describe("a countdown", () => {
  it.each([
    [0, "0:00", "0 seconds"],
    [1, "0:01", "1 second"],
    [59_000, "0:59", "59 seconds"],
    [61_000, "1:01", "1 minute"],
    [600_000, "10:00", "10 minutes"],
    [3_661_000, "1:01:01", "61 minutes"],
  ])("of %i ms reads %s and is said as %s", (ms, read, said) => {
    expect(countdown(ms)).toBe(read);
    expect(spoken(ms)).toBe(said);
  });
});
