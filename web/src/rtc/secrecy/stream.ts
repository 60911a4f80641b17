import { keyOf, type Kind, open, readable, seal, type SealingKey } from "./frame";

/** What a stream of frames needs to be sealed or opened, shared by all streams of a page. */
export interface Keys {
  /** Whether frames leave sealed, and frames that aren't are refused. */
  on: boolean;
  own: SealingKey | null;
  counter: bigint;
  readonly others: Map<number, CryptoKey>;
}

export interface Frame {
  data: ArrayBuffer;
  /** Of a picture: "key" or "delta". */
  readonly type?: string;
}

/** Frames sealed and opened so far, and those that came unsealed while sealed ones were wanted. */
export interface Counts {
  sealed: number;
  opened: number;
  plain: number;
}

const KEPT = 60; // frames that wait for their key; an older one is given up

export function keyless(): Keys {
  return { on: false, own: null, counter: 0n, others: new Map() };
}

/** Seals one outgoing frame in place; false where it must not go out. */
export async function outgoing(frame: Frame, kind: Kind, keys: Keys, counts: Counts): Promise<boolean> {
  if (!keys.on) return true;
  if (!keys.own) return false;
  keys.counter += 1n;
  frame.data = await seal(frame.data, readable(kind, frame.type === "key"), keys.own, keys.counter);
  counts.sealed += 1;
  return true;
}

/** Opens the frames of one incoming stream. A key may come a moment after the first frame that takes it: those wait. */
export class Incoming<F extends Frame> {
  readonly #waiting: F[] = [];
  /** A frame was lost here, so a picture goes on only with a keyframe. */
  lost = false;

  constructor(
    private readonly kind: Kind,
    private readonly keys: Keys,
    private readonly counts: Counts,
  ) {}

  /** The frames that can be played now, in order. */
  async take(frame: F): Promise<F[]> {
    this.#waiting.push(frame);
    if (this.#waiting.length > KEPT) this.lost = this.#waiting.shift() !== undefined;
    return await this.ready();
  }

  async ready(): Promise<F[]> {
    const found: F[] = [];
    for (let first = this.#waiting[0]; first; first = this.#waiting[0]) {
      const id = keyOf(first.data);
      const key = id === null ? null : this.keys.others.get(id);
      if (key === undefined) {
        if (!this.#overtaken()) break;
        continue;
      }
      this.#waiting.shift();
      if (await this.#played(first, key)) found.push(first);
    }
    return found;
  }

  /** Keys come in the order of their frames: where a later frame can be opened, those before it never can. */
  #overtaken(): boolean {
    const next = this.#waiting.findIndex(({ data }) => this.keys.others.has(keyOf(data) ?? 0));
    if (next < 0) return false;
    this.#waiting.splice(0, next);
    this.lost = this.#waiting[0]?.type !== "key";
    return true;
  }

  async #played(frame: F, key: CryptoKey | null): Promise<boolean> {
    if (key === null) {
      if (this.keys.on) this.counts.plain += 1;
      return !this.keys.on;
    }
    try {
      frame.data = await open(frame.data, readable(this.kind, frame.type === "key"), key);
    } catch {
      this.lost = true;
      return false;
    }
    this.counts.opened += 1;
    return true;
  }
}
