import { effect, signal } from "@preact/signals-core";
import type { Caption, Captioner } from "../state/captions";

/** Why this device can't write along: its browser has no way, or it is too slow for it. */
export type CaptionFault = "unable" | "slow";

/** Somebody whose sound comes. */
export interface Heard {
  readonly key: string;
  readonly name: string;
  readonly track: MediaStreamTrack;
}

/** Words of one stretch of speech, `id`; said again with `open` gone once it is over. Without words it was none. */
export type Spoken = Pick<Caption, "id" | "text" | "open"> & { readonly key: string };

/** What hears on this device, for as long as it isn't stopped. */
export interface Ear {
  /** These voices from now on, and no others. */
  listen(voices: readonly Heard[]): void;
  stop(): void;
}

export interface Hears {
  said(spoken: Spoken): void;
  /** How much of what is needed has come, 0 to 1. */
  loaded(part: number): void;
  /** Called at most once, after which nothing more comes. */
  broken(why: CaptionFault): void;
}

/** Loads what hears. Rejects with a `CaptionFault`. */
export type OpensEar = (hears: Hears) => Promise<Ear>;

const load: OpensEar = (hears) => import("./hearing/page").then(({ open }) => open(hears));
const KEPT = 8; // captions: what is older was said long ago

/** What the others say, put into words on this device and for it alone: neither their sound nor the words leave it. */
export class LocalCaptioner implements Captioner {
  readonly captions = signal<readonly Caption[]>([]);
  readonly state = signal<"off" | "starting" | "on">("off");
  readonly loaded = signal(0);
  readonly fault = signal<CaptionFault | null>(null);
  /** Whether their reader wants them, so that they are back after the page was loaded anew. */
  readonly wished = signal(false);
  #stop: () => void = () => undefined;

  constructor(
    private readonly voices: () => readonly Heard[],
    private readonly open: OpensEar = load,
  ) {}

  async set(on: boolean): Promise<void> {
    this.stop();
    this.fault.value = null;
    this.wished.value = on;
    if (on) await this.#start();
  }

  /** Nobody is heard any more, whatever is wished. */
  stop(): void {
    this.#stop();
    this.#stop = () => undefined;
    this.state.value = "off";
    this.loaded.value = 0;
    this.captions.value = [];
  }

  async #start(): Promise<void> {
    let stopped = false;
    this.#stop = () => (stopped = true);
    this.state.value = "starting";
    const hears: Hears = {
      said: (spoken) => !stopped && this.#said(spoken),
      loaded: (part) => !stopped && (this.loaded.value = part),
      broken: (why) => !stopped && this.#fail(why),
    };
    try {
      const ear = await this.open(hears);
      if (stopped) return ear.stop();
      const forget = effect(() => ear.listen(this.voices()));
      this.#stop = () => (forget(), ear.stop(), (stopped = true));
      this.state.value = "on";
    } catch (why) {
      if (!stopped) this.#fail(why === "slow" ? "slow" : "unable");
    }
  }

  #fail(why: CaptionFault): void {
    this.stop();
    this.wished.value = false;
    this.fault.value = why;
  }

  #said({ id, key, text, open }: Spoken): void {
    const name = this.voices().find((voice) => voice.key === key)?.name ?? null;
    const before = this.captions.value.find((caption) => caption.id === id);
    const caption = { id, name: before?.name ?? name, text, open };
    const now = before ? this.captions.value.map((one) => (one === before ? caption : one)) : [...this.captions.value, caption];
    this.captions.value = now.filter((one) => one.text).slice(-KEPT);
  }
}
