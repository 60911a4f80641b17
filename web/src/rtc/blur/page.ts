import type { Blurred, BlurFault } from "../face";
import { Pace } from "./pace";
import { Painter } from "./painter";
import type { Report } from "./segmenter";

const LOADED = 90_000; // ms until the model is there, over a slow connection too
const FIRST = 15_000; // ms until a camera's first picture
const AGAIN = 40; // ms until a camera that gives nothing yet is looked at again
const SILENT = 8; // seconds without a word from the worker, as far as this page was awake

/**
 * Blurs what is behind a person in this page: a model from our own origin tells them from the room, in a worker of its
 * own. `broken` is called once, when nothing more comes. Rejects with a `BlurFault`.
 */
export async function open(broken: (why: BlurFault) => void): Promise<Blurred> {
  const worker = new Worker(new URL("./segmenter.ts", import.meta.url), { type: "module" });
  try {
    await loaded(worker);
    return new Page(worker, broken);
  } catch (why) {
    worker.terminate();
    throw why;
  }
}

function loaded(worker: Worker): Promise<void> {
  return new Promise((done, fail: (why: BlurFault) => void) => {
    setTimeout(() => fail("slow"), LOADED);
    worker.onerror = () => fail("unable");
    worker.onmessage = ({ data }: MessageEvent<Report>) => ("fault" in data ? fail(data.fault) : done());
  });
}

interface Waiting {
  done(): void;
  fail(why: BlurFault): void;
}

class Page implements Blurred {
  readonly track: MediaStreamTrack;
  readonly #painter = new Painter();
  readonly #film = document.createElement("video");
  readonly #pace = new Pace();
  readonly #watch: ReturnType<typeof setInterval>;
  #waiting: Waiting[] = [];
  #running = false;
  #silent = 0;
  #began = 0;

  constructor(
    private readonly worker: Worker,
    private readonly broken: (why: BlurFault) => void,
  ) {
    const [track] = this.#painter.canvas.captureStream().getVideoTracks();
    if (!track) throw new Error("no track");
    this.track = track;
    this.#film.muted = this.#film.playsInline = true;
    worker.onerror = worker.onmessageerror = () => this.#fail("unable");
    worker.onmessage = ({ data }: MessageEvent<Report>) => this.#hear(data);
    this.#watch = setInterval(() => ++this.#silent > SILENT && this.#fail("slow"), 1_000);
  }

  async use(camera: MediaStreamTrack): Promise<void> {
    this.#film.srcObject = new MediaStream([camera]);
    void this.#film.play().catch(() => undefined); // a newer camera has taken over
    const first = new Promise<void>((done, fail: (why: BlurFault) => void) => {
      this.#waiting.push({ done, fail });
      setTimeout(() => fail("unable"), FIRST);
    });
    if (!this.#running) this.#look();
    await first;
  }

  stop(): void {
    clearInterval(this.#watch);
    this.worker.onmessage = this.worker.onerror = null;
    this.worker.terminate();
    this.#film.srcObject = null;
    this.track.stop();
    for (const { fail } of this.#waiting.splice(0)) fail("unable");
  }

  #hear(report: Report): void {
    this.#silent = 0;
    if ("fault" in report) return this.#fail(report.fault);
    if ("next" in report) return this.#look();
    this.#painter.paint(report.seen);
    if (this.#pace.slow(performance.now() - this.#began)) return this.#fail("slow");
    for (const { done } of this.#waiting.splice(0)) done();
  }

  #look(): void {
    if (this.track.readyState === "ended") return;
    this.#running = true;
    this.#silent = 0;
    if (this.#film.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return void setTimeout(() => this.#look(), AGAIN);
    this.#began = performance.now();
    const picture = this.#painter.grab(this.#film);
    this.worker.postMessage(picture, [picture.pixels.buffer]);
  }

  #fail(why: BlurFault): void {
    this.stop();
    this.broken(why);
  }
}
