import { linesOf, OWN_PICTURE, OWN_SOUND, slotCount } from "./slots";

export type PeerState = "connecting" | "connected" | "failed";

const GATHER = 1_000; // ms to wait for our own addresses before answering without the rest
const SHAKY = 4_000; // ms of "disconnected" that are waited out before it counts as failed
const CONNECT = 12_000; // ms for a new connection to come up

/** How much of a picture is sent: bits a second, frames a second, and by how much it is made smaller. */
export interface Measure {
  readonly maxBitrate: number;
  readonly maxFramerate?: number;
  readonly scaleResolutionDownBy?: number;
}

export const WHOLE: Measure = { maxBitrate: 1_200_000 };
export const SMALL: Measure = { maxBitrate: 120_000, maxFramerate: 10, scaleResolutionDownBy: 4 };
export const SCREEN: Measure = { maxBitrate: 1_200_000, maxFramerate: 8 };

/** One media connection, made from one offer of the server and never renegotiated. */
export class Peer {
  /** What each receive slot carries, sound and picture together. */
  readonly streams: readonly MediaStream[];
  state: PeerState = "connecting";
  readonly #pc: RTCPeerConnection;
  #timer: ReturnType<typeof setTimeout> | undefined;

  private constructor(
    pc: RTCPeerConnection,
    private readonly tell: (state: PeerState) => void,
  ) {
    this.#pc = pc;
    const lines = pc.getTransceivers();
    this.streams = Array.from({ length: slotCount(lines.length) }, (_, slot) => {
      const { sound, picture } = linesOf(slot);
      const tracks = [lines[sound], lines[picture]].flatMap((line) => (line ? [line.receiver.track] : []));
      return new MediaStream(tracks);
    });
    pc.onconnectionstatechange = () => this.#look();
    this.#timer = setTimeout(() => this.#set("failed"), CONNECT);
  }

  /** Answers `offer` with what `local` has; `secure` sees the connection before any track is set; `send` takes the answer to the server. */
  static async from(
    offer: string,
    iceServers: readonly unknown[],
    secure: (pc: RTCPeerConnection) => void,
    local: readonly MediaStreamTrack[],
    tell: (state: PeerState) => void,
    send: (sdp: string) => Promise<unknown>,
  ): Promise<Peer> {
    const pc = new RTCPeerConnection({ iceServers: iceServers as RTCIceServer[], bundlePolicy: "max-bundle" });
    await pc.setRemoteDescription({ type: "offer", sdp: offer });
    secure(pc);
    const peer = new Peer(pc, tell);
    // Ready to send from the start, with or without a track: a camera that is switched on later needs no new offer.
    for (const line of [OWN_SOUND, OWN_PICTURE]) {
      const own = pc.getTransceivers()[line];
      if (own) own.direction = "sendonly";
    }
    for (const track of local) await peer.use(track.kind as "audio" | "video", track);
    await pc.setLocalDescription(await pc.createAnswer());
    await gathered(pc);
    await send(pc.localDescription?.sdp ?? "");
    return peer;
  }

  /** Send this track from now on, or nothing. */
  async use(kind: "audio" | "video", track: MediaStreamTrack | null): Promise<void> {
    const sender = this.#pc.getTransceivers()[kind === "audio" ? OWN_SOUND : OWN_PICTURE]?.sender;
    await sender?.replaceTrack(track);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#pc.onconnectionstatechange = null;
    this.#pc.close();
  }

  /** From now on the picture is sent by this measure. */
  async measure({ maxBitrate, maxFramerate, scaleResolutionDownBy = 1 }: Measure): Promise<void> {
    const sender = this.#pc.getTransceivers()[OWN_PICTURE]?.sender;
    const parameters = sender?.getParameters();
    const encoding = parameters?.encodings?.[0];
    if (!sender || !parameters || !encoding) return;
    Object.assign(encoding, { maxBitrate, scaleResolutionDownBy });
    if (maxFramerate) encoding.maxFramerate = maxFramerate;
    else delete encoding.maxFramerate;
    await sender.setParameters(parameters).catch(() => undefined);
  }

  /** The connection's own numbers. */
  async stats(): Promise<RTCStatsReport> {
    return await this.#pc.getStats();
  }

  #look(): void {
    clearTimeout(this.#timer);
    switch (this.#pc.connectionState) {
      case "connected":
        return this.#set("connected");
      case "failed":
      case "closed":
        return this.#set("failed");
      case "disconnected":
        this.#timer = setTimeout(() => this.#set("failed"), SHAKY);
        return;
      default:
        this.#timer = setTimeout(() => this.#set("failed"), CONNECT);
    }
  }

  #set(state: PeerState): void {
    if (state === this.state) return;
    this.state = state;
    this.tell(state);
  }
}

async function gathered(pc: RTCPeerConnection): Promise<void> {
  if (pc.iceGatheringState === "complete") return;
  await new Promise<void>((done) => {
    const timer = setTimeout(done, GATHER);
    pc.onicegatheringstatechange = () => {
      if (pc.iceGatheringState !== "complete") return;
      clearTimeout(timer);
      done();
    };
  });
}
