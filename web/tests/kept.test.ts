import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { keep, keeping, keptFor } from "../src/api/kept";

const tab = { state: null as unknown, replaceState: (state: unknown) => void (tab.state = structuredClone(state)) };

beforeEach(() => vi.stubGlobal("history", tab));
afterEach(() => (vi.unstubAllGlobals(), (tab.state = null)));

it("knows after a reload what was kept, for the same link alone, until it is forgotten", async () => {
  expect(await keptFor("link")).toEqual({});
  await keep("link", { word: "lantern", blur: true, muted: true, unseen: true, captions: true });
  expect(await keptFor("link")).toEqual({ word: "lantern", blur: true, muted: true, unseen: true, captions: true });
  expect(await keptFor("another link")).toEqual({});
  keeping("link")({ word: "", muted: false });
  await vi.waitFor(async () => expect(await keptFor("link")).toEqual({}));
});

it("keeps what it was told last, however fast it is told", async () => {
  const tell = keeping("link");
  for (const muted of [true, false, true]) tell({ muted, unseen: true });
  tell({ captions: true });
  await vi.waitFor(async () => expect(await keptFor("link")).toEqual({ captions: true }));
});

it("leaves nothing in the tab that could be read", async () => {
  await keep("link", { word: "lantern" });
  const { box } = tab.state as { box: ArrayBuffer };
  expect(new TextDecoder().decode(box)).not.toContain("lantern");
});
