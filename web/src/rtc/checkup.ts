import { computed, effect, signal } from "@preact/signals-core";
import type { Check, CheckResult } from "../protocol";
import { meter } from "./devices";
import type { Media } from "./media";
import { reachOf, type Way, wayOf } from "./reach";

const LOUD = 0.12; // of 1: somebody speaks
const SILENT_AFTER = 160; // measures without a word, 20 a second
const LOOK = 500; // ms between two looks at the way to the server, until it is known

const CONNECTION = { direct: "ok", relay: "relay", blocked: "failed", looking: "skipped" } as const;
const SOUND = { heard: "ok", silent: "silent", untried: "skipped" } as const;

/** What is known of a person's devices and of their way to the server: before the session, and while it goes on. */
export class Checkup {
  /** How loud they are now, while somebody looks (`shown`) or nothing was heard yet. */
  readonly level = signal(0);
  /** Whether they heard the speaker's tone; null until they say. */
  readonly heard = signal<boolean | null>(null);
  readonly shown = signal(false);
  readonly sound = signal<keyof typeof SOUND>("untried");
  readonly way = signal<Way>("looking");
  readonly found = computed<Check>(() => {
    const { camera, cameraFault, microphone, microphoneFault } = this.media;
    return {
      camera: result(camera.value !== null, cameraFault.value !== null),
      microphone: microphone.value ? SOUND[this.sound.value] : result(false, microphoneFault.value !== null),
      speaker: result(this.heard.value === true, this.heard.value === false),
      connection: CONNECTION[this.online() ? this.way.value : "blocked"],
    };
  });

  /** When the way was last known to be good, or looked for first. */
  #began = 0;
  #stop: () => void = () => undefined;

  /** `online`: whether the page's own connection stands. */
  constructor(
    private readonly media: Pick<Media, "camera" | "cameraFault" | "microphone" | "microphoneFault" | "muted" | "connection" | "none" | "stats">,
    private readonly online: () => boolean,
  ) {}

  /** From the check on, for as long as the person is here. */
  start(): void {
    this.stop();
    const metered = computed(() => (this.shown.value || this.sound.value !== "heard" ? this.media.microphone.value : null));
    const fresh = effect(() => {
      if (this.media.microphone.value) this.sound.value = "untried";
    });
    const listening = effect(() => (metered.value ? meter(metered.value, this.#listener()) : undefined));
    this.#began = performance.now();
    const timer = setInterval(() => void this.#look(performance.now()), LOOK);
    this.#stop = () => {
      fresh();
      listening();
      clearInterval(timer);
    };
  }

  stop(): void {
    this.#stop();
    this.#stop = () => undefined;
  }

  #listener(): (level: number) => void {
    let measures = 0;
    return (level) => {
      if (this.shown.value) this.level.value = level;
      if (level > LOUD) this.sound.value = "heard";
      else if (!this.media.muted.value && ++measures === SILENT_AFTER && this.sound.value === "untried") this.sound.value = "silent";
    };
  }

  async #look(now: number): Promise<void> {
    const { connection, none } = this.media;
    if (none.value) {
      this.way.value = "direct";
      return;
    }
    const known = this.way.value === "direct" || this.way.value === "relay";
    if (known && connection.value === "connected") {
      this.#began = now;
      return;
    }
    const report = (await this.media.stats()) as unknown as Map<string, Record<string, unknown>> | null;
    const way = wayOf(connection.value, report && reachOf(report.values()), now - this.#began);
    if (way !== "looking") this.way.value = way; // what was known counts until something else is
  }
}

function result(works: boolean, broken: boolean): CheckResult {
  return works ? "ok" : broken ? "failed" : "skipped";
}
