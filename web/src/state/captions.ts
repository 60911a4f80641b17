import type { ReadonlySignal } from "@preact/signals-core";

/** What somebody said, in words. `name` is null where the captioner doesn't say whose they are. */
export interface Caption {
  readonly id: string;
  readonly name: string | null;
  readonly text: string;
  /** They go on speaking, and these words may change. */
  readonly open: boolean;
}

/** Whoever puts what is said into words, the oldest first: a person who types, or this device. */
export interface Captioner {
  readonly captions: ReadonlySignal<readonly Caption[]>;
}
