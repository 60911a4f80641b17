import { describe, expect, it } from "vitest";
import { patched } from "../src/state/patch";

const held = { view: { place: "waiting", people: [] as string[] }, rev: 4 };

describe("a change of the view", () => {
  it("sets its keys and leaves the others", () => {
    expect(patched(held, { rev: 5, set: { place: "room" } })).toEqual({ view: { place: "room", people: [] }, rev: 5 });
  });

  it("does not touch the view that was held", () => {
    patched(held, { rev: 5, set: { place: "room" } });
    expect(held.view.place).toBe("waiting");
  });

  it.each([1, 3, 4])("is old news at revision %i", (rev) => {
    expect(patched(held, { rev, set: { place: "room" } })).toBe(held);
  });

  it.each([6, 7, 100])("shows a gap at revision %i", (rev) => {
    expect(patched(held, { rev, set: { place: "room" } })).toBe("gap");
  });
});
