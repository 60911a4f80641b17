import { signal } from "@preact/signals-core";
import { blur, canBlur, isBlurred } from "./devices";

/** Why what is behind somebody can't be blurred: this browser has no way, or this device is too slow for it. */
export type BlurFault = "unable" | "slow";

/** `off`: the picture was given up, for it would have shown the room. */
export interface BlurLoss {
  readonly why: BlurFault;
  readonly off: boolean;
}

/** A picture in a camera's place, with what is behind its person blurred, for as long as it isn't stopped. */
export interface Blurred {
  readonly track: MediaStreamTrack;
  /** Takes this camera from now on; resolves once a blurred picture is there. Rejects with a `BlurFault` where none comes. */
  use(camera: MediaStreamTrack): Promise<void>;
  stop(): void;
}

/** Loads what blurs; `broken` is called at most once, when it fails later on. Rejects with a `BlurFault`. */
export type Opens = (broken: (why: BlurFault) => void) => Promise<Blurred>;

const load: Opens = (broken) => import("./blur/page").then(({ open }) => open(broken));

/**
 * What goes out of a camera: its picture, or its picture with the room behind blurred. While `blur` is "on", nothing but a
 * blurred picture goes out, whatever happens: where there is none, there is no picture, and the camera is given up.
 */
export class Face {
  /** What the others see, and what their owner is shown of themselves. */
  readonly shown = signal<MediaStreamTrack | null>(null);
  readonly blur = signal<"off" | "starting" | "on">("off");
  readonly fault = signal<BlurLoss | null>(null);
  #raw: MediaStreamTrack | null = null;
  #page: Promise<Blurred> | null = null;
  #turn = 0;

  /** `changed` sends what is shown from now on; `givenUp` turns the camera off. */
  constructor(
    private readonly changed: () => Promise<void>,
    private readonly givenUp: () => void,
    private readonly open: Opens = load,
  ) {}

  /** Whether its owner wants it, and would be surprised by a picture without. */
  get wished(): boolean {
    return this.blur.value !== "off" || this.fault.value?.off === true;
  }

  /** Blurred from the first camera on, as it was before the page was loaded anew. */
  resume(): void {
    this.blur.value = "on";
  }

  /** This camera from now on. One that is to be blurred is not shown before it is. */
  async of(raw: MediaStreamTrack | null): Promise<void> {
    const turn = ++this.#turn;
    this.#raw = raw;
    if (!raw) {
      this.#stop();
      if (this.blur.value === "starting") this.blur.value = "off";
      return this.#show(null);
    }
    if (this.fault.value?.off) this.fault.value = null; // their owner has turned the camera on again
    raw.addEventListener?.("configurationchange", this.#look);
    // What is blurred already may stay: the last picture of the camera before.
    if (this.blur.value !== "on") await this.#show(raw);
    else if (!this.#page) await this.#show(null);
    if (this.blur.value !== "off") await this.#start(raw, turn);
  }

  async set(on: boolean): Promise<void> {
    const turn = ++this.#turn;
    const raw = this.#raw;
    this.fault.value = null;
    if (on && raw) {
      this.blur.value = "starting";
      return this.#start(raw, turn);
    }
    this.blur.value = "off";
    this.#stop();
    if (isBlurred(raw)) await blur(raw, false);
    if (turn === this.#turn) await this.#show(raw);
  }

  stop(): void {
    this.#turn += 1;
    this.#raw = this.shown.value = null;
    this.#stop();
  }

  async #start(raw: MediaStreamTrack, turn: number): Promise<void> {
    const blurred = await this.#blurred(raw).catch((why: unknown) => this.#fail(why === "slow" ? "slow" : "unable", turn));
    if (!blurred || turn !== this.#turn) return;
    await this.#show(blurred);
    if (turn === this.#turn) this.blur.value = "on";
  }

  /** The camera's own way costs the page nothing, so it comes first. */
  async #blurred(raw: MediaStreamTrack): Promise<MediaStreamTrack> {
    if (canBlur(raw)) await blur(raw, true);
    if (isBlurred(raw)) {
      this.#stop();
      return raw;
    }
    const page = (this.#page ??= this.#opened());
    const blurring = await page;
    if (page === this.#page) await blurring.use(raw);
    return blurring.track;
  }

  #opened(): Promise<Blurred> {
    const page: Promise<Blurred> = this.open((why) => void (this.#page === page && this.#fail(why, this.#turn)));
    return page;
  }

  async #fail(why: BlurFault, turn: number): Promise<null> {
    if (turn !== this.#turn) return null;
    const off = this.blur.value === "on";
    this.#turn += 1;
    this.blur.value = "off";
    this.fault.value = { why, off };
    if (off) await this.#show(null);
    this.#stop();
    if (off) this.givenUp();
    return null;
  }

  /** The system took back its own blur. */
  readonly #look = (): void => {
    const raw = this.#raw;
    if (raw && raw === this.shown.value && this.blur.value === "on" && !isBlurred(raw)) void this.of(raw);
  };

  async #show(track: MediaStreamTrack | null): Promise<void> {
    if (this.shown.value === track) return;
    this.shown.value = track;
    await this.changed();
  }

  #stop(): void {
    void this.#page?.then((page) => page.stop()).catch(() => undefined);
    this.#page = null;
  }
}
