import { expect, it } from "vitest";
import { SafeWord } from "../src/state/safeWord";

it("hears its word in whatever is typed, and nothing before there is one", () => {
  const word = new SafeWord();
  expect([..."lantern"].some((key) => word.key(key)) || word.text("")).toBe(false);
  word.set(" Lan Tern ");
  expect([..."the LAN TERN"].map((key) => word.key(key)).at(-1)).toBe(true);
  expect(word.text("I saw a lantern")).toBe(true);
  expect(word.text("lantern light")).toBe(false);
  expect(word.key("x")).toBe(false);
});
