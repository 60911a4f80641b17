import { describe, expect, it } from "vitest";
import { numbersIn } from "../src/words/phones";

describe("the numbers of who to call", () => {
  it.each([
    ["Jo, +1 555 010 0199", ["+15550100199"]],
    ["Jo (555) 010-0199\nCrisis line 988", ["5550100199", "988"]],
    ["Our sponsor, after 6 or 24/7", []],
    ["", []],
  ])("in %j are %j", (text, numbers) => {
    const pieces = numbersIn(text);
    expect(pieces.flatMap((piece) => piece.tel ?? [])).toEqual(numbers);
    expect(pieces.map((piece) => piece.text).join("")).toBe(text);
  });
});
