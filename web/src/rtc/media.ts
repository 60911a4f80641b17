import { signal } from "@preact/signals-core";
import type { Offered } from "../state/live";
import { type DeviceFault, listed, open } from "./devices";
import { Peer, type PeerState } from "./peer";

/** What the media of a page asks of the session. */
export interface MediaDesk {
  answer(sdp: string): Promise<unknown>;
  restart(): Promise<void>;
  devices(microphone: boolean, camera: boolean): void;
}

export type Connection = "off" | PeerState;

const AGAIN_FIRST = 500;
const AGAIN_MOST = 8_000;

/** This person's camera and microphone, and their one media connection, from the device check to the end. */
export class Media {
  readonly camera = signal<MediaStreamTrack | null>(null);
  readonly microphone = signal<MediaStreamTrack | null>(null);
  readonly cameraFault = signal<DeviceFault | null>(null);
  readonly microphoneFault = signal<DeviceFault | null>(null);
  readonly asking = signal(false);
  readonly muted = signal(false);
  readonly cameraOff = signal(false);
  readonly devices = signal<readonly MediaDeviceInfo[]>([]);
  readonly connection = signal<Connection>("off");
  readonly streams = signal<readonly MediaStream[]>([]);
  /** The server has no media to offer (a plain demo): nothing to wait for. */
  readonly none = signal(false);
  wanted = false;
  #peer: Peer | null = null;
  #generation = 0;
  #again = AGAIN_FIRST;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly desk: MediaDesk) {}

  /** Asks for both at once; when that fails, for each alone, so that one broken device costs only itself. */
  async open(): Promise<void> {
    this.asking.value = true;
    const both = await open({ camera: true, microphone: true });
    if (both.stream) {
      this.#take(both.stream);
    } else if (both.fault === "unsupported") {
      this.cameraFault.value = this.microphoneFault.value = both.fault;
    } else {
      const sound = await open({ microphone: true });
      const picture = await open({ camera: true });
      this.microphoneFault.value = sound.fault;
      this.cameraFault.value = picture.fault;
      if (sound.stream) this.#take(sound.stream);
      if (picture.stream) this.#take(picture.stream);
    }
    this.asking.value = false;
    this.devices.value = await listed();
    this.#tell();
  }

  async choose(kind: "camera" | "microphone", id: string): Promise<void> {
    const wanted = kind === "camera" ? { camera: true, cameraId: id } : { microphone: true, microphoneId: id };
    const { stream, fault } = await open(wanted);
    if (stream) this.#take(stream);
    else (kind === "camera" ? this.cameraFault : this.microphoneFault).value = fault;
  }

  setMuted(muted: boolean): void {
    this.muted.value = muted;
    if (this.microphone.value) this.microphone.value.enabled = !muted;
    this.#tell();
  }

  /** Off stops the camera itself, so that its light goes out. */
  async setCameraOff(off: boolean): Promise<void> {
    this.cameraOff.value = off;
    if (off) {
      this.camera.value?.stop();
      this.camera.value = null;
      await this.#peer?.use("video", null);
    } else {
      const { stream, fault } = await open({ camera: true });
      this.cameraFault.value = fault;
      if (stream) this.#take(stream);
      else this.cameraOff.value = true;
    }
    this.#tell();
  }

  /** Make the connection from this offer; an older one is closed. */
  async take({ offer, iceServers }: Offered): Promise<void> {
    const mine = ++this.#generation;
    clearTimeout(this.#timer);
    this.#drop();
    this.none.value = offer === null;
    if (offer === null) return;
    this.connection.value = "connecting";
    const tracks = [this.microphone.value, this.camera.value].filter((track) => track !== null);
    try {
      const peer = await Peer.from(
        offer,
        iceServers,
        tracks,
        (state) => mine === this.#generation && this.#state(state),
        (sdp) => (mine === this.#generation ? this.desk.answer(sdp) : Promise.resolve()),
      );
      if (mine !== this.#generation) return peer.close();
      this.#peer = peer;
      this.streams.value = peer.streams;
      // A device may have been opened while the answer was on its way.
      await peer.use("audio", this.microphone.value);
      await peer.use("video", this.camera.value);
      if (peer.state !== "connecting") this.#state(peer.state);
    } catch {
      if (mine === this.#generation) this.#state("failed");
    }
  }

  /** The connection is up, so a socket that comes back needs no new one. */
  get healthy(): boolean {
    return this.connection.value === "connected";
  }

  close(): void {
    this.#generation += 1;
    this.wanted = false;
    clearTimeout(this.#timer);
    this.#drop();
    this.connection.value = "off";
    for (const own of [this.camera, this.microphone]) {
      own.value?.stop();
      own.value = null;
    }
  }

  #take(stream: MediaStream): void {
    for (const track of stream.getTracks()) {
      const picture = track.kind === "video";
      const own = picture ? this.camera : this.microphone;
      own.value?.stop();
      own.value = track;
      (picture ? this.cameraFault : this.microphoneFault).value = null;
      if (picture) this.cameraOff.value = false;
      else track.enabled = !this.muted.value;
      track.onended = () => this.#lost(picture, track);
      void this.#peer?.use(picture ? "video" : "audio", track);
    }
  }

  /** A device was unplugged, or its permission taken back. */
  #lost(picture: boolean, track: MediaStreamTrack): void {
    const own = picture ? this.camera : this.microphone;
    if (own.value !== track) return;
    own.value = null;
    (picture ? this.cameraFault : this.microphoneFault).value = "missing";
    this.#tell();
  }

  #state(state: PeerState): void {
    this.connection.value = state;
    if (state === "connected") this.#again = AGAIN_FIRST;
    if (state !== "failed" || !this.wanted) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.desk.restart(), this.#again);
    this.#again = Math.min(AGAIN_MOST, this.#again * 2);
  }

  #drop(): void {
    this.#peer?.close();
    this.#peer = null;
    this.streams.value = [];
  }

  #tell(): void {
    this.desk.devices(this.microphone.value !== null && !this.muted.value, this.camera.value !== null);
  }
}
