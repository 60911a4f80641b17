import { signal } from "@preact/signals-core";

/** A track made of another one, for as long as it isn't stopped. */
export interface Filtered {
  readonly track: MediaStreamTrack;
  resume(): void;
  stop(): void;
}

/** What goes out of a microphone: its sound, or its sound without the noise around it. */
export class Voice {
  readonly quiet = signal(false);
  #filtered: Filtered | null = null;
  #raw: MediaStreamTrack | null = null;

  /** `dead` hears that the filter gives nothing, so that its person would not be heard. */
  constructor(private readonly dead: () => void) {}

  /** Where it can't be filtered it is as it is, and `quiet` says so. Null where a newer call has taken over. */
  async of(raw: MediaStreamTrack | null): Promise<{ readonly track: MediaStreamTrack | null } | null> {
    this.#raw = raw;
    this.stop();
    if (!raw || !this.quiet.value) return { track: raw };
    const filtered = await import("./quiet").then(({ quieted }) => quieted(raw, this.dead)).catch(() => null);
    if (this.#raw !== raw || !this.quiet.value || this.#filtered) {
      filtered?.stop();
      return null;
    }
    this.quiet.value = filtered !== null;
    this.#filtered = filtered;
    return { track: this.now };
  }

  /** What goes out now. */
  get now(): MediaStreamTrack | null {
    return this.#filtered?.track ?? this.#raw;
  }

  resume(): void {
    this.#filtered?.resume();
  }

  stop(): void {
    this.#filtered?.stop();
    this.#filtered = null;
  }
}
