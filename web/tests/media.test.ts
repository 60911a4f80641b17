import { afterEach, expect, it, vi } from "vitest";
import { Media } from "../src/rtc/media";

afterEach(() => vi.unstubAllGlobals());

const camera = { kind: "video", stop: () => {}, getSettings: () => ({}) } as unknown as MediaStreamTrack;

/** A connection as the page makes it, noting what goes out of it. */
function connections() {
  const sent: (MediaStreamTrack | null)[] = [];
  const sender = (kind: string) => ({
    getParameters: () => ({ encodings: [] }),
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

it("sends another picture, or none, from the moment it is so, though the answer is still on its way", async () => {
  const sent = connections();
  const answered = vi.fn(() => new Promise<void>(() => {}));
  const media = new Media({ answer: answered, offer: async () => "", restart: async () => {}, announce: async () => {}, send: async () => {}, devices: () => {} });
  await media.face.of(camera);
  void media.take({ offer: "theirs", yours: false, iceServers: [] });
  await vi.waitFor(() => expect(answered).toHaveBeenCalled());
  expect(sent).toEqual([camera]);
  await media.face.of(null);
  expect(sent).toEqual([camera, null]);
  media.close();
});
