import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Refused } from "../src/api/rest";
import { Newest } from "../src/state/newest";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const settled = () => vi.advanceTimersByTimeAsync(0);

/** Looks that are answered by hand, in any order. */
function asked() {
  const answers: { told: (version: number) => void; failed: (code: string) => void }[] = [];
  const newest = new Newest<number>(
    () => new Promise((told, failed) => answers.push({ told, failed: (code) => failed(new Refused(code, "")) })),
  );
  return { newest, answers };
}

describe("what a page shows of the record", () => {
  it("is what the last look saw, though an earlier one is answered after it", async () => {
    const { newest, answers } = asked();
    void newest.look();
    void newest.look();
    answers[1]?.told(1);
    await settled();
    answers[0]?.told(0);
    await settled();
    expect(newest.value.value).toBe(1);
  });

  it("is looked for again where no answer came, and nothing asks after a plain no", async () => {
    const { newest, answers } = asked();
    void newest.look();
    answers[0]?.failed("unreachable");
    await vi.advanceTimersByTimeAsync(2000);
    answers[1]?.told(7);
    await settled();
    expect(newest.value.value).toBe(7);
    void newest.look();
    answers[2]?.failed("unknown");
    await vi.advanceTimersByTimeAsync(60_000);
    expect([answers.length, newest.value.value]).toEqual([3, 7]);
  });

  it("is what an act answered, whatever was asked before it", async () => {
    const { newest, answers } = asked();
    void newest.look();
    newest.set(2);
    answers[0]?.told(1);
    await settled();
    expect(newest.value.value).toBe(2);
  });

  it("asks nobody once the page is gone", async () => {
    const { newest, answers } = asked();
    void newest.look();
    answers[0]?.failed("unreachable");
    await settled();
    newest.end();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(answers.length).toBe(1);
  });
});
