import { describe, expect, it } from "vitest";
import { type Blurred, type BlurFault, Face } from "../src/rtc/face";

/** A camera; `own` is whether it can blur by itself. */
function camera(own = false): MediaStreamTrack {
  let on = false;
  return Object.assign(new EventTarget(), {
    getCapabilities: () => (own ? { backgroundBlur: [false, true] } : {}),
    getConstraints: () => ({}),
    getSettings: () => ({ backgroundBlur: on }),
    applyConstraints: async (wanted: { backgroundBlur: boolean }) => void (on = wanted.backgroundBlur),
  }) as unknown as MediaStreamTrack;
}

const BLURRED = { kind: "video", label: "blurred" } as MediaStreamTrack;

/** A page in which blurring is loaded, and gives its first picture, only when the story says so. */
function home() {
  const sent: (MediaStreamTrack | null)[] = [];
  const page = { loads: 0, used: [] as MediaStreamTrack[], stopped: 0, givenUp: 0, broken: (_: BlurFault) => {}, picture: () => {}, no: (_: BlurFault) => {} };
  const blurring: Blurred = {
    track: BLURRED,
    use: (raw) => (page.used.push(raw), new Promise((done, fail) => Object.assign(page, { picture: done, no: fail }))),
    stop: () => void (page.stopped += 1),
  };
  const face: Face = new Face(
    async () => void sent.push(face.shown.value),
    () => void (page.givenUp += 1),
    async (broken) => ((page.loads += 1), Object.assign(page, { broken }), blurring),
  );
  return { face, page, sent };
}

const soon = () => new Promise((done) => setTimeout(done));

async function blurred() {
  const story = home();
  const raw = camera();
  await story.face.of(raw);
  const on = story.face.set(true);
  await soon();
  story.page.picture();
  await on;
  return { ...story, raw };
}

describe("what goes out of a camera", () => {
  it("loads nothing and shows the camera while nobody asks for a blur", async () => {
    const { face, page, sent } = home();
    const raw = camera();
    await face.of(raw);
    expect(sent).toEqual([raw]);
    expect(page.loads).toBe(0);
  });

  it("says that it is blurred only once a blurred picture is sent", async () => {
    const { face, page, sent } = home();
    await face.of(camera());
    const on = face.set(true);
    await soon();
    expect(face.blur.value).toBe("starting");
    page.picture();
    await on;
    expect([face.blur.value, sent.at(-1)]).toEqual(["on", BLURRED]);
  });

  it("never shows another camera's room: the last blurred picture stays until the next", async () => {
    const { face, page, sent, raw } = await blurred();
    const other = camera();
    const changed = face.of(other);
    await soon();
    expect(sent).toEqual([raw, BLURRED]);
    page.picture();
    await changed;
    expect([sent.at(-1), page.used, page.loads]).toEqual([BLURRED, [raw, other], 1]);
  });

  it("has no picture at all while a camera that was off comes back", async () => {
    const { face, page, sent } = await blurred();
    await face.of(null);
    expect([sent.at(-1), page.stopped, face.blur.value]).toEqual([null, 1, "on"]);
    const back = face.of(camera());
    await soon();
    expect(face.shown.value).toBeNull();
    page.picture();
    await back;
    expect([sent.slice(2), face.blur.value]).toEqual([[null, BLURRED], "on"]);
  });

  it.each(["slow", "unable"] as const)("gives the picture up when it becomes %s, and doesn't claim a blur any more", async (why) => {
    const { face, page, sent, raw } = await blurred();
    page.broken(why);
    await soon();
    expect(sent).toEqual([raw, BLURRED, null]);
    expect([face.blur.value, face.fault.value, page.givenUp]).toEqual(["off", { why, off: true }, 1]);
    await face.of(raw); // its owner turns the camera on again, knowing
    expect([sent.at(-1), face.fault.value]).toEqual([raw, null]);
  });

  it("gives the picture up too where the next camera can't be blurred", async () => {
    const { face, page, sent } = await blurred();
    const changed = face.of(camera());
    await soon();
    page.no("unable");
    await changed;
    expect([sent.at(-1), face.blur.value, page.givenUp]).toEqual([null, "off", 1]);
  });

  it("goes on as before where it can't begin", async () => {
    const { face, page, sent } = home();
    const raw = camera();
    await face.of(raw);
    const on = face.set(true);
    await soon();
    page.no("slow");
    await on;
    expect([sent, face.blur.value, face.fault.value, page.givenUp]).toEqual([[raw], "off", { why: "slow", off: false }, 0]);
  });

  it("may be taken back while it begins", async () => {
    const { face, page, sent } = home();
    const raw = camera();
    await face.of(raw);
    const on = face.set(true);
    await soon();
    await face.set(false);
    page.picture();
    await on;
    expect([sent, face.blur.value, page.stopped]).toEqual([[raw], "off", 1]);
  });

  it("leaves it to a camera that can do it by itself, as long as it says so", async () => {
    const { face, page, sent } = home();
    const able = camera(true);
    await face.of(able);
    await face.set(true);
    expect([face.blur.value, page.loads, sent]).toEqual(["on", 0, [able]]);
    await able.applyConstraints({ backgroundBlur: false } as MediaTrackConstraints); // the system took it back
    able.getCapabilities = () => ({});
    able.dispatchEvent(new Event("configurationchange"));
    await soon();
    expect([page.loads, face.shown.value]).toEqual([1, null]);
    page.picture();
    await soon();
    expect([face.blur.value, face.shown.value]).toEqual(["on", BLURRED]);
  });
});
