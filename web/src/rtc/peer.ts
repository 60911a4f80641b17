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

/** How descriptions go to the server. */
export interface Said {
  answer(sdp: string): Promise<unknown>;
  /** Its answer. */
  offer(sdp: string): Promise<string>;
}

/** One media connection: the server's offer answered, once; or our own, with receive slots as the server describes them. */
export class Peer {
  /** What each receive slot carries, sound and picture together. */
  streams: readonly MediaStream[] = [];
  state: PeerState = "connecting";
  readonly #pc: RTCPeerConnection;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #describing: Promise<void> = Promise.resolve();

  private constructor(
    pc: RTCPeerConnection,
    private readonly secure: (pc: RTCPeerConnection) => void,
    private readonly tell: (state: PeerState) => void,
    private readonly say: Said,
  ) {
    this.#pc = pc;
    this.#slots();
    pc.onconnectionstatechange = () => this.#look();
    this.#timer = setTimeout(() => this.#set("failed"), CONNECT);
  }

  /**
   * Answers `offer`, or makes one. `secure` sees the connection before any track is set; `fill` sets them, and may have
   * others used from then on: what is sent changes while the answer is on its way, too.
   */
  static async from(
    offer: string | null,
    iceServers: readonly unknown[],
    secure: (pc: RTCPeerConnection) => void,
    fill: (peer: Peer) => Promise<void>,
    tell: (state: PeerState) => void,
    say: Said,
  ): Promise<Peer> {
    const pc = new RTCPeerConnection({ iceServers: iceServers as RTCIceServer[], bundlePolicy: "max-bundle" });
    if (offer !== null) await pc.setRemoteDescription({ type: "offer", sdp: offer });
    else for (const kind of ["audio", "video"]) pc.addTransceiver(kind, { direction: "sendonly" });
    secure(pc);
    const peer = new Peer(pc, secure, tell, say);
    // Ready to send from the start, with or without a track: a camera that is switched on later needs no new offer.
    for (const line of [OWN_SOUND, OWN_PICTURE]) {
      const own = pc.getTransceivers()[line];
      if (own) own.direction = "sendonly";
    }
    await fill(peer);
    const sdp = await described(pc);
    if (offer !== null) await say.answer(sdp);
    else await pc.setRemoteDescription({ type: "answer", sdp: await say.offer(sdp) });
    return peer;
  }

  /** The server describes this same connection anew: answers, one description after the other. */
  async redescribed(offer: string): Promise<void> {
    const before = this.#describing;
    this.#describing = before.then(async () => {
      await this.#pc.setRemoteDescription({ type: "offer", sdp: offer });
      this.secure(this.#pc);
      this.#slots();
      await this.say.answer(await described(this.#pc));
    });
    await this.#describing;
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

  /**
   * From now on the picture is sent by this measure; in a group small as well, for whoever's connection takes no more, and
   * small alone until it is seen.
   */
  async measure(measure: Measure, seen: boolean): Promise<void> {
    const sender = this.#pc.getTransceivers()[OWN_PICTURE]?.sender;
    const parameters = sender?.getParameters();
    const encodings = parameters?.encodings ?? [];
    const whole = encodings[encodings.length - 1];
    if (!sender || !parameters || !whole) return;
    encodings.forEach((encoding) => measured(encoding, encoding === whole ? measure : SMALL));
    if (encodings.length > 1) whole.active = seen && measure !== SMALL;
    await sender.setParameters(parameters).catch(() => undefined);
  }

  /** The connection's own numbers. */
  async stats(): Promise<RTCStatsReport> {
    return await this.#pc.getStats();
  }

  #slots(): void {
    const lines = this.#pc.getTransceivers();
    if (this.streams.length === slotCount(lines.length)) return;
    this.streams = Array.from({ length: slotCount(lines.length) }, (_, slot) => {
      const { sound, picture } = linesOf(slot);
      const tracks = [lines[sound], lines[picture]].flatMap((line) => (line ? [line.receiver.track] : []));
      return new MediaStream(tracks);
    });
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

function measured(encoding: RTCRtpEncodingParameters, { maxBitrate, maxFramerate, scaleResolutionDownBy = 1 }: Measure): void {
  Object.assign(encoding, { maxBitrate, scaleResolutionDownBy });
  if (maxFramerate) encoding.maxFramerate = maxFramerate;
  else delete encoding.maxFramerate;
}

/** Our own description, with our addresses. */
async function described(pc: RTCPeerConnection): Promise<string> {
  await pc.setLocalDescription();
  await gathered(pc);
  return pc.localDescription?.sdp ?? "";
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
