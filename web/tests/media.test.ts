import { afterEach, expect, it, vi } from "vitest";
import { Media } from "../src/rtc/media";

afterEach(() => vi.unstubAllGlobals());

const camera = { kind: "video", stop: () => {}, getSettings: () => ({}) } as unknown as MediaStreamTrack;

type Encoding = Partial<RTCRtpEncodingParameters>;

/** A connection as the page makes it, noting what goes out of it; a picture is sent in these encodings. */
function connections(encodings: Encoding[] = []) {
  const sent: (MediaStreamTrack | null)[] = [];
  const sender = (kind: string) => ({
    getParameters: () => ({ encodings: kind === "video" ? encodings : [] }),
    setParameters: async () => undefined,
    replaceTrack: async (track: MediaStreamTrack | null) => void (kind === "video" && sent.push(track)),
  });
  class Connection {
    iceGatheringState = "complete";
    localDescription = { sdp: "ours" };
    lines = ["audio", "video"].map((kind) => ({ sender: sender(kind), receiver: { track: { kind } } }));
    getTransceivers = () => this.lines;
    setRemoteDescription = async () => {};
    setLocalDescription = async () => {};
    close = () => {};
  }
  vi.stubGlobal("RTCPeerConnection", Connection);
  return sent;
}

function mediaOn(answer: () => Promise<void>): Media {
  return new Media({ answer, offer: async () => "", restart: async () => {}, announce: async () => {}, send: async () => {}, devices: () => {} });
}

it("sends another picture, or none, from the moment it is so, though the answer is still on its way", async () => {
  const sent = connections();
  const answered = vi.fn(() => new Promise<void>(() => {}));
  const media = mediaOn(answered);
  await media.face.of(camera);
  void media.take({ offer: "theirs", yours: false, iceServers: [] });
  await vi.waitFor(() => expect(answered).toHaveBeenCalled());
  expect(sent).toEqual([camera]);
  await media.face.of(null);
  expect(sent).toEqual([camera, null]);
  media.close();
});

it("sends a group a small picture at once, and the whole one while it is seen and may cost something", async () => {
  const small: Encoding = { rid: "s" };
  const whole: Encoding = { rid: "w" };
  connections([small, whole]);
  const media = mediaOn(async () => {});
  await media.take({ offer: "theirs", yours: false, iceServers: [] });
  expect(small).toMatchObject({ maxBitrate: 120_000, scaleResolutionDownBy: 4 });
  expect(whole).toMatchObject({ active: false });
  await media.setSeen(true);
  expect(whole).toMatchObject({ active: true, maxBitrate: 1_200_000, scaleResolutionDownBy: 1 });
  expect(small.active).not.toBe(false);
  await media.setThrifty(true);
  expect(whole.active).toBe(false);
  media.close();
});

it("sends a couple its one picture whether it is seen yet or not", async () => {
  const only: Encoding = { active: true };
  connections([only]);
  const media = mediaOn(async () => {});
  await media.take({ offer: "theirs", yours: false, iceServers: [] });
  expect(only).toMatchObject({ active: true, maxBitrate: 1_200_000 });
  media.close();
});
