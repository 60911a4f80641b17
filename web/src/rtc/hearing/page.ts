import type { CaptionFault, Ear, Heard, Hears } from "../captions";
import type { Order, Report } from "./recogniser";
import tap from "./tap.ts?worker&url";

const TOUCHES = ["pointerdown", "keydown"] as const;
const STUCK = 90_000; // ms without anything more: of what is loaded, or until a slow device has it ready

/**
 * Hears voices in this page: a model from our own origin recognises English, in a worker of its own. Rejects with a
 * `CaptionFault`.
 */
export async function open(hears: Hears): Promise<Ear> {
  const worker = new Worker(new URL("./recogniser.ts", import.meta.url), { type: "module" });
  const context = new AudioContext();
  try {
    await Promise.all([loaded(worker, hears), context.audioWorklet.addModule(tap)]);
    return new Page(worker, context, hears);
  } catch (why) {
    worker.terminate();
    void context.close();
    throw why;
  }
}

function loaded(worker: Worker, hears: Hears): Promise<void> {
  return new Promise((done, fail: (why: CaptionFault) => void) => {
    let timer = setTimeout(() => fail("slow"), STUCK);
    worker.onerror = () => fail("unable");
    worker.onmessage = ({ data }: MessageEvent<Report>) => {
      clearTimeout(timer);
      timer = setTimeout(() => fail("slow"), STUCK);
      if ("loaded" in data) return hears.loaded(data.loaded);
      clearTimeout(timer);
      if ("fault" in data) fail(data.fault);
      else done();
    };
  });
}

interface Tapped {
  readonly key: string;
  stop(): void;
}

class Page implements Ear {
  readonly #taps = new Map<MediaStreamTrack, Tapped>();
  #voices = 0;

  constructor(
    private readonly worker: Worker,
    private readonly context: AudioContext,
    private readonly hears: Hears,
  ) {
    worker.onerror = worker.onmessageerror = () => this.#fail("unable");
    worker.onmessage = ({ data }: MessageEvent<Report>) => this.#hear(data);
    // A page that was loaded anew may hear only once it was touched.
    for (const touched of TOUCHES) addEventListener(touched, this.#wake);
  }

  listen(voices: readonly Heard[]): void {
    this.#wake();
    for (const [track, { key, stop }] of this.#taps) {
      if (voices.some((one) => one.track === track && one.key === key)) continue;
      this.#taps.delete(track);
      stop();
    }
    for (const { track, key } of voices) if (!this.#taps.has(track)) this.#taps.set(track, this.#tapped(track, key));
  }

  stop(): void {
    this.worker.onmessage = this.worker.onerror = null;
    this.worker.terminate();
    for (const touched of TOUCHES) removeEventListener(touched, this.#wake);
    void this.context.close();
  }

  readonly #wake = (): void => void this.context.resume();

  #tapped(track: MediaStreamTrack, key: string): Tapped {
    const voice = `${key} ${this.#voices++}`;
    const node = new AudioWorkletNode(this.context, "tap", { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
    const source = this.context.createMediaStreamSource(new MediaStream([track]));
    const { port1, port2 } = new MessageChannel();
    this.#order({ voice, rate: this.context.sampleRate, port: port1 }, [port1]);
    node.port.postMessage(port2, [port2]);
    source.connect(node);
    const stop = () => {
      source.disconnect();
      this.#order({ over: voice });
    };
    return { key, stop };
  }

  #order(order: Order, moved: Transferable[] = []): void {
    this.worker.postMessage(order, moved);
  }

  #hear(report: Report): void {
    if ("fault" in report) return this.#fail(report.fault);
    if (!("voice" in report)) return;
    const { voice, n, text, open } = report;
    const key = voice.slice(0, voice.lastIndexOf(" "));
    this.hears.said({ id: `${voice} ${n}`, key, text, open });
  }

  #fail(why: CaptionFault): void {
    this.stop();
    this.hears.broken(why);
  }
}
