import { signal } from "@preact/signals-core";
import type { Offered } from "../state/live";
import { type DeviceFault, open, type Opened, type Wanted } from "./devices";
import { Face } from "./face";
import { awayBy, stateOf, watching } from "./interrupted";
import { Peer, type PeerState, type Said, SCREEN, SMALL, WHOLE } from "./peer";
import { Plugged } from "./plugged";
import type { KeyDesk } from "./secrecy/exchange";
import { Secrecy } from "./secrecy/secrecy";
import { Voice } from "./voice";

/** What the media of a page asks of the session. */
export interface MediaDesk extends Pick<KeyDesk, "announce" | "send">, Said {
  restart(): Promise<void>;
  devices(microphone: boolean, camera: boolean): void;
}

export type Connection = "off" | PeerState;

const AGAIN_FIRST = 500;
const AGAIN_MOST = 2_000; // so that sound and picture are back within 5 s of the network

/** This person's camera and microphone, and their one media connection, from the device check to the end. */
export class Media {
  readonly camera = signal<MediaStreamTrack | null>(null);
  readonly microphone = signal<MediaStreamTrack | null>(null);
  readonly cameraFault = signal<DeviceFault | null>(null);
  readonly microphoneFault = signal<DeviceFault | null>(null);
  readonly asking = signal(false);
  readonly muted = signal(false);
  readonly cameraOff = signal(false);
  readonly plugged = new Plugged();
  /** The screen that is shown in place of one's picture. */
  readonly screen = signal<MediaStreamTrack | null>(null);
  /** No pictures, neither way: only sound. */
  readonly soundOnly = signal(false);
  /** This person's own connection has been poor for some seconds. */
  readonly struggling = signal(false);
  /** A small picture at a low rate, for a slow connection or one that costs. */
  readonly thrifty = signal(false);
  /** What goes out of the camera. */
  readonly face = new Face(
    () => this.#shown(),
    () => void this.setCameraOff(true),
  );
  readonly voice = new Voice(() => void this.setQuiet(false));
  readonly selfView = signal(true);
  /** Taken from the page by a call or another app, so that the others may be told. */
  readonly away = signal(false);
  readonly connection = signal<Connection>("off");
  readonly streams = signal<readonly MediaStream[]>([]);
  /** The server has no media to offer (a plain demo): nothing to wait for. */
  readonly none = signal(false);
  readonly secrecy: Secrecy;
  wanted = false;
  /** Whether anybody gets this person's picture. */
  #seen = false;
  #peer: Peer | null = null;
  #generation = 0;
  #again = AGAIN_FIRST;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #cameraBefore = true;
  #unwatch: () => void = () => undefined;

  constructor(private readonly desk: MediaDesk) {
    this.secrecy = new Secrecy(desk);
  }

  /**
   * Asks for both at once; when that fails, for each alone, so that one broken device costs only itself. A camera that is off
   * stays so.
   */
  async open(): Promise<void> {
    this.asking.value = true;
    const camera = !this.cameraOff.value;
    const both = await this.#open({ camera, microphone: true });
    if (both.stream) {
      this.#take(both.stream);
    } else if (both.fault === "unsupported") {
      this.cameraFault.value = this.microphoneFault.value = both.fault;
    } else {
      const sound = await this.#open({ microphone: true });
      const picture = await (camera ? this.#open({ camera }) : { stream: null, fault: null });
      this.microphoneFault.value = sound.fault;
      this.cameraFault.value = picture.fault;
      if (sound.stream) this.#take(sound.stream);
      if (picture.stream) this.#take(picture.stream);
    }
    this.asking.value = false;
    this.#watch();
    await this.plugged.list();
    this.#tell();
  }

  async choose(kind: "camera" | "microphone", id: string): Promise<void> {
    const wanted = kind === "camera" ? { camera: true, cameraId: id } : { microphone: true, microphoneId: id };
    const { stream, fault } = await this.#open(wanted);
    if (stream) this.#take(stream);
    else (kind === "camera" ? this.cameraFault : this.microphoneFault).value = fault;
    this.#tell();
  }

  /** The page is in front again: what ended meanwhile is opened anew, sound first. */
  async revive(): Promise<void> {
    this.voice.resume();
    if (this.microphone.value?.readyState === "ended") await this.#reopen("microphone");
    if (this.camera.value?.readyState === "ended") await this.#reopen("camera");
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
      await this.face.of(null);
    } else {
      this.soundOnly.value = false;
      const { stream, fault } = await this.#open({ camera: true });
      this.cameraFault.value = fault;
      if (stream) this.#take(stream);
      else this.cameraOff.value = true;
    }
    this.#tell();
  }

  /** Shows this screen from now on, or one's picture again. */
  async show(screen: MediaStreamTrack | null): Promise<void> {
    if (this.screen.value !== screen) this.screen.value?.stop();
    this.screen.value = screen;
    await this.#send();
    this.#tell();
  }

  /** Off again, one's picture is back if it was on before. */
  async setSoundOnly(on: boolean): Promise<void> {
    if (on) {
      this.#cameraBefore = this.camera.value !== null;
      await this.show(null);
      await this.setCameraOff(true);
      this.soundOnly.value = true;
    } else {
      this.soundOnly.value = false;
      if (this.#cameraBefore) await this.setCameraOff(false);
    }
  }

  async setSeen(on: boolean): Promise<void> {
    if (on === this.#seen) return;
    this.#seen = on;
    await this.#send();
  }

  async setThrifty(on: boolean): Promise<void> {
    this.thrifty.value = on;
    await this.#send();
  }

  async setQuiet(on: boolean): Promise<void> {
    this.voice.quiet.value = on;
    await this.#speak();
  }

  async stats(): Promise<RTCStatsReport | null> {
    return this.healthy ? ((await this.#peer?.stats()) ?? null) : null;
  }

  /** The seat was taken, or taken again: who only looks at the page has no media, and no key to tell. */
  joined(): void {
    if (this.wanted) void this.secrecy.joined();
  }

  /** Make the connection from this offer; an older one is closed. */
  async take({ offer, yours, iceServers }: Offered): Promise<void> {
    const mine = ++this.#generation;
    clearTimeout(this.#timer);
    this.#drop();
    this.none.value = offer === null && !yours;
    if (this.none.value) return;
    this.connection.value = "connecting";
    // Ours from its first moment: a picture that is given up or blurred meanwhile is so on this connection as well.
    const fill = async (peer: Peer) => {
      if (mine !== this.#generation) return;
      this.#peer = peer;
      await peer.use("audio", this.voice.now);
      await this.#send();
    };
    try {
      const peer = await Peer.from(
        offer,
        iceServers,
        (pc) => this.secrecy.attach(pc),
        fill,
        (state) => mine === this.#generation && this.#state(state),
        {
          answer: (sdp) => (mine === this.#generation ? this.desk.answer(sdp) : Promise.resolve()),
          offer: (sdp) => (mine === this.#generation ? this.desk.offer(sdp) : Promise.reject(new Error("Another connection is made."))),
        },
      );
      if (mine !== this.#generation) return peer.close();
      this.streams.value = peer.streams;
      await this.#send(); // some browsers take a measure only now
      if (peer.state !== "connecting") this.#state(peer.state);
    } catch {
      if (mine === this.#generation) this.#state("failed");
    }
  }

  /** The connection that there is, described anew: its receive slots carry others now. */
  async redescribed(offer: string): Promise<void> {
    const peer = this.#peer;
    try {
      await peer?.redescribed(offer);
      if (peer && peer === this.#peer) this.streams.value = peer.streams;
    } catch {
      if (peer === this.#peer) this.#state("failed");
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
    this.#unwatch();
    this.voice.stop();
    this.face.stop();
    this.connection.value = "off";
    for (const own of [this.camera, this.microphone, this.screen]) {
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
      track.onended = () => void this.#lost(picture, track);
      track.onmute = track.onunmute = () => this.#look();
      void (picture ? this.face.of(track) : this.#speak());
    }
  }

  /** A camera that comes on again is blurred from its first frame, if it was before. */
  #open(wanted: Wanted): Promise<Opened> {
    return open({ ...wanted, blurred: this.face.blur.value !== "off" });
  }

  async #speak(): Promise<void> {
    const sound = await this.voice.of(this.microphone.value);
    if (sound) await this.#peer?.use("audio", sound.track);
  }

  get #picture(): MediaStreamTrack | null {
    return this.screen.value ?? this.face.shown.value;
  }

  async #shown(): Promise<void> {
    await this.#send();
    this.#tell();
  }

  async #send(): Promise<void> {
    const measure = this.screen.value ? SCREEN : this.thrifty.value ? SMALL : WHOLE;
    await this.#peer?.measure(measure, this.#seen);
    await this.#peer?.use("video", this.#picture);
  }

  /**
   * A device was unplugged, or its permission taken back. Another microphone takes over, so that one is heard; another
   * camera might show what nobody was to see, so the picture is off. A phone ends both while another app is in front.
   */
  async #lost(picture: boolean, track: MediaStreamTrack): Promise<void> {
    const own = picture ? this.camera : this.microphone;
    if (own.value !== track) return;
    this.#look();
    if (document.visibilityState === "hidden") return; // see `revive`
    own.value = null;
    await (picture ? this.face.of(null) : this.#speak());
    const what = picture ? "camera" : "microphone";
    const replaced = !picture && (await this.#reopen("microphone"));
    if (!replaced) (picture ? this.cameraFault : this.microphoneFault).value = "missing";
    if (picture) this.cameraOff.value = true;
    this.plugged.unplugged.value = { what, replaced };
    await this.plugged.list();
    this.#tell();
  }

  async #reopen(what: "camera" | "microphone"): Promise<boolean> {
    const { stream } = await this.#open({ [what]: true });
    if (stream) {
      this.#take(stream);
    } else {
      (what === "camera" ? this.camera : this.microphone).value = null;
      if (what === "camera") await this.face.of(null);
    }
    this.#look();
    return stream !== null;
  }

  #watch(): void {
    this.#unwatch();
    const [plugged, seen] = [this.plugged.watch(), watching(() => this.#look(), () => void this.revive())];
    this.#unwatch = () => {
      plugged();
      seen();
    };
  }

  #look(): void {
    this.away.value = awayBy(document.visibilityState === "hidden", stateOf(this.microphone.value), stateOf(this.camera.value));
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
    this.desk.devices(this.microphone.value !== null && !this.muted.value, this.#picture !== null);
  }
}
