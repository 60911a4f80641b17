import { expect, it } from "vitest";
import { SafeWord } from "../src/state/safeWord";

function knowing(word: string): SafeWord {
  const safe = new SafeWord();
  safe.set(word);
  return safe;
}

it("hears its word in whatever is typed, and nothing before there is one", () => {
  const word = new SafeWord();
  expect([..."lantern"].some((key) => word.key(key))).toBe(false);
  expect(word.written("lantern")).toBeNull();
  word.set(" Lan Tern ");
  expect([..."the LAN TERN"].map((key) => word.key(key)).at(-1)).toBe(true);
  expect(word.key("x")).toBe(false);
});

it.each([
  ["I saw a lantern", "lantern"],
  ["I saw a Lan tern ", "Lan tern"], // a phone's keyboard writes a space behind a word by itself
  ["lantern light", null],
  ["lanter", null],
])("tells where it stands at the end of %j", (text, cut) => {
  const at = knowing("lantern").written(text);
  expect(at && text.slice(...at)).toBe(cut);
});

it.each(["what?", "a.c", "[x]-y", "niño", "😀🙂😀", "back\\slash/"])("takes %j for itself, letter by letter", (word) => {
  expect(knowing(word).written(`so ${word}`)).toEqual([3, 3 + word.length]);
  expect(knowing(word).written("so whatt abc xxy nino")).toBeNull();
});

it.each([
  ["I saw a lan", true],
  ["I saw a LAN tern", false],
  ["lan te ", true],
  ["l", true],
  ["lane", false],
  ["lan.", false],
])("knows whether %j stops in its middle", (text, begun) => {
  expect(knowing("lantern").begun(text)).toBe(begun);
});
