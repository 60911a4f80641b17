import { effect, signal } from "@preact/signals-core";
import type { Media } from "./media";

/** How a connection has been for a moment: the share lost (0 to 1), and seconds there and back. */
export interface Sample {
  readonly lost: number;
  readonly roundTrip: number;
}

/** Packets of each stream that came and that were lost so far. */
export type Totals = ReadonlyMap<string, { readonly came: number; readonly lost: number }>;

export const NONE: Totals = new Map();

const EVERY = 2_000; // ms between two looks
const MUCH_LOST = 0.06;
const SLOW = 0.8; // s there and back: talking over one another begins
const POOR_AFTER = 3; // poor samples of the last four
const ASK_AGAIN = 180_000; // ms after “leave it”

/**
 * What the browser's numbers say of this person's own connection, and the totals for the next time. What somebody else's
 * connection loses is missing from their streams alone: so of what comes in, the least lossy stream counts. How much could
 * be sent is no evidence at all: the server lowers it for whoever of the others can take the least.
 */
export function sampled(report: Iterable<Record<string, unknown>>, before: Totals): { readonly sample: Sample; readonly totals: Totals } {
  const totals = new Map<string, { readonly came: number; readonly lost: number }>();
  const shares: number[] = [];
  let [out, roundTrip] = [0, 0];
  for (const one of report) {
    if (one["type"] === "inbound-rtp") {
      const now = { came: number(one["packetsReceived"]), lost: number(one["packetsLost"]) };
      const then = before.get(`${one["id"]}`) ?? { came: 0, lost: 0 };
      totals.set(`${one["id"]}`, now);
      const gone = Math.max(0, now.lost - then.lost);
      const all = gone + Math.max(0, now.came - then.came);
      if (all > 0) shares.push(gone / all);
    } else if (one["type"] === "remote-inbound-rtp") {
      out = Math.max(out, number(one["fractionLost"]));
      roundTrip = Math.max(roundTrip, number(one["roundTripTime"]));
    } else if (one["type"] === "candidate-pair" && one["nominated"] === true) {
      roundTrip = Math.max(roundTrip, number(one["currentRoundTripTime"]));
    }
  }
  return { sample: { lost: Math.max(out, shares.length > 0 ? Math.min(...shares) : 0), roundTrip }, totals };
}

function number(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

/** Poor is what has been so for some seconds, not once. */
export class Quality {
  #last: boolean[] = [];

  take({ lost, roundTrip }: Sample): "fine" | "poor" {
    const poor = lost > MUCH_LOST || roundTrip > SLOW;
    this.#last = [...this.#last, poor].slice(-4);
    return this.#last.filter(Boolean).length >= POOR_AFTER ? "poor" : "fine";
  }

  forget(): void {
    this.#last = [];
  }
}

/** What to offer to somebody whose connection is poor, before their pictures freeze. */
export type Offer = "less" | "sound";

/** Looks at the connection while it stands; the person chooses, the page never does by itself. */
export class Offering {
  readonly offer = signal<Offer | null>(null);
  readonly #quality = new Quality();
  #totals = NONE;
  #notBefore = 0;

  constructor(private readonly media: Pick<Media, "stats" | "thrifty" | "soundOnly" | "connection" | "screen" | "camera" | "struggling">) {}

  /** Until the returned function is called. */
  watch(): () => void {
    const timer = setInterval(() => void this.look(Date.now()), EVERY);
    const stop = effect(() => {
      if (this.media.connection.value === "connected") return;
      this.#totals = NONE;
      this.#quality.forget();
      this.media.struggling.value = false;
    });
    return () => {
      clearInterval(timer);
      stop();
    };
  }

  async look(now: number): Promise<void> {
    const { media } = this;
    const report = await media.stats();
    if (!report) return;
    const { sample, totals } = sampled((report as unknown as Map<string, Record<string, unknown>>).values(), this.#totals);
    const first = this.#totals === NONE;
    this.#totals = totals;
    const sends = media.camera.value !== null || media.screen.value !== null;
    const poor = !first && this.#quality.take(sample) === "poor";
    media.struggling.value = poor;
    if (!poor || media.soundOnly.value) this.offer.value = null;
    else if (now >= this.#notBefore) this.offer.value = media.thrifty.value || !sends ? "sound" : "less";
  }

  /** Chosen or declined: not asked again for a while, and judged afresh. */
  settle(now: number): void {
    this.offer.value = null;
    this.#notBefore = now + ASK_AGAIN;
    this.#quality.forget();
  }
}
