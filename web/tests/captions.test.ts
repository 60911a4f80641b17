import { signal } from "@preact/signals-core";
import { describe, expect, it } from "vitest";
import { type CaptionFault, type Ear, type Heard, type Hears, LocalCaptioner } from "../src/rtc/captions";

const robin: Heard = { key: "b", name: "Robin", track: {} as MediaStreamTrack };
const kim: Heard = { key: "kim", name: "Kim", track: {} as MediaStreamTrack };

/** A device on which hearing is loaded only when the story says so. */
function device() {
  const voices = signal<readonly Heard[]>([robin]);
  const heard: string[][] = [];
  const page = { hears: null as unknown as Hears, come: () => {}, no: (_: CaptionFault) => {}, stopped: 0 };
  const ear: Ear = { listen: (those) => void heard.push(those.map(({ key }) => key)), stop: () => void (page.stopped += 1) };
  const captioner = new LocalCaptioner(
    () => voices.value,
    (hears) => new Promise((done, fail) => Object.assign(page, { hears, come: () => done(ear), no: fail })),
  );
  const on = async () => {
    const set = captioner.set(true);
    page.come();
    await set;
  };
  const read = () => captioner.captions.value.map(({ name, text, open }) => `${name}: ${text}${open ? " …" : ""}`);
  return { voices, heard, page, captioner, on, read };
}

describe("captions of this device", () => {
  it("hear nobody before they are asked for, and then everybody who is there", async () => {
    const { voices, heard, captioner, on } = device();
    expect([captioner.state.value, heard]).toEqual(["off", []]);
    await on();
    voices.value = [robin, kim];
    expect([captioner.state.value, heard]).toEqual(["on", [["b"], ["b", "kim"]]]);
  });

  it("say whose the words are, and settle them once the sentence is over", async () => {
    const { voices, page, on, read } = device();
    await on();
    page.hears.said({ id: "b 0 0", key: "b", text: "I missed", open: true });
    expect(read()).toEqual(["Robin: I missed …"]);
    voices.value = [];
    page.hears.said({ id: "b 0 0", key: "b", text: "I missed you.", open: false });
    expect(read()).toEqual(["Robin: I missed you."]);
  });

  it("leave out what turns out to be no words", async () => {
    const { page, on, read } = device();
    await on();
    page.hears.said({ id: "b 0 0", key: "b", text: "Hm", open: true });
    page.hears.said({ id: "b 0 0", key: "b", text: "", open: false });
    expect(read()).toEqual([]);
  });

  it("keep no more than can be read", async () => {
    const { page, on, read } = device();
    await on();
    for (let n = 0; n < 100; n++) page.hears.said({ id: `b 0 ${n}`, key: "b", text: `${n}`, open: false });
    expect([read().length, read().at(-1)]).toEqual([8, "Robin: 99"]);
  });

  it("end with their switch, and with them what was read", async () => {
    const { voices, heard, page, captioner, on, read } = device();
    await on();
    page.hears.said({ id: "b 0 0", key: "b", text: "Hello.", open: false });
    await captioner.set(false);
    page.hears.said({ id: "b 0 1", key: "b", text: "Are you there?", open: false });
    voices.value = [];
    expect([captioner.state.value, read(), heard.length, page.stopped]).toEqual(["off", [], 1, 1]);
  });

  it("that were turned off while they were loaded are stopped once they are there", async () => {
    const { heard, page, captioner } = device();
    const set = captioner.set(true);
    page.hears.loaded(0.4);
    expect([captioner.state.value, captioner.loaded.value]).toEqual(["starting", 0.4]);
    await captioner.set(false);
    page.come();
    await set;
    expect([captioner.state.value, captioner.loaded.value, heard, page.stopped]).toEqual(["off", 0, [], 1]);
  });

  it("are still wished for when the page goes, and no longer once they are turned off or can’t be had", async () => {
    const { page, captioner, on } = device();
    await on();
    captioner.stop();
    expect([captioner.state.value, captioner.wished.value, page.stopped]).toEqual(["off", true, 1]);
    await captioner.set(false);
    expect(captioner.wished.value).toBe(false);
    await on();
    page.hears.broken("slow");
    expect(captioner.wished.value).toBe(false);
  });

  it.each(["slow", "unable"] as const)("say why they can’t be had: %s", async (why) => {
    const { page, captioner } = device();
    const set = captioner.set(true);
    page.no(why);
    await set;
    expect([captioner.state.value, captioner.fault.value]).toEqual(["off", why]);
  });

  it("say why there are no more, and can be tried again", async () => {
    const { page, captioner, on } = device();
    await on();
    page.hears.broken("slow");
    expect([captioner.state.value, captioner.fault.value]).toEqual(["off", "slow"]);
    await on();
    expect([captioner.state.value, captioner.fault.value]).toEqual(["on", null]);
  });
});
