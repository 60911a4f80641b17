import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { forget, keep, keptFor } from "../src/api/kept";

const tab = { state: null as unknown, replaceState: (state: unknown) => void (tab.state = structuredClone(state)) };

beforeEach(() => vi.stubGlobal("history", tab));
afterEach(() => (vi.unstubAllGlobals(), (tab.state = null)));

it("knows after a reload what was kept, for the same link alone, until it is forgotten", async () => {
  expect(await keptFor("link")).toEqual({});
  await keep("link", { word: "lantern", blur: true, muted: true, unseen: true, captions: true });
  expect(await keptFor("link")).toEqual({ word: "lantern", blur: true, muted: true, unseen: true, captions: true });
  expect(await keptFor("another link")).toEqual({});
  forget();
  expect(await keptFor("link")).toEqual({});
});

it("leaves nothing in the tab that could be read", async () => {
  await keep("link", { word: "lantern" });
  const { box } = tab.state as { box: ArrayBuffer };
  expect(new TextDecoder().decode(box)).not.toContain("lantern");
});
