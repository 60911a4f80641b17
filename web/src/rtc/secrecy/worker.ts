/// <reference lib="webworker" />
import type { Kind } from "./frame";
import { type Counts, type Frame, Incoming, keyless, outgoing } from "./stream";

/** What the page tells this worker. */
export type Order =
  | { readonly do: "seal"; readonly on: boolean }
  | { readonly do: "own"; readonly id: number; readonly key: CryptoKey }
  | { readonly do: "learn"; readonly id: number; readonly key: CryptoKey }
  | { readonly do: "forget"; readonly id: number };

export interface Options {
  readonly side: "send" | "receive";
  readonly kind: Kind;
}

/** What this worker tells the page: how many frames, and that every frame from now on takes this key. */
export type Report = Counts | { readonly owned: number };

interface Transformer {
  readonly readable: ReadableStream<Frame>;
  readonly writable: WritableStream<Frame>;
  readonly options: Options;
  sendKeyFrameRequest?(): Promise<void>;
}

const EVERY = 1_000; // ms between two reports
const ASK_EVERY = 500; // ms between two requests for a keyframe

const keys = keyless();
const counts: Counts = { sealed: 0, opened: 0, plain: 0 };
/** Streams whose frames wait for a key. */
const waiting = new Set<() => void>();

self.onmessage = ({ data }: MessageEvent<Order>) => {
  switch (data.do) {
    case "seal":
      keys.on = data.on;
      break;
    case "own":
      keys.own = { id: data.id, key: data.key };
      keys.counter = 0n;
      report({ owned: data.id });
      break;
    case "learn":
      keys.others.set(data.id, data.key);
      break;
    case "forget":
      keys.others.delete(data.id);
  }
  for (const go of waiting) go();
};

(self as unknown as { onrtctransform: (event: { transformer: Transformer }) => void }).onrtctransform = ({ transformer }) => {
  const { side, kind } = transformer.options;
  const stream = side === "send" ? sending(kind) : receiving(kind, transformer);
  transformer.readable.pipeThrough(stream).pipeTo(transformer.writable).catch(() => undefined);
};

function sending(kind: Kind): TransformStream<Frame, Frame> {
  return new TransformStream({
    transform: async (frame, out) => {
      if (await outgoing(frame, kind, keys, counts)) out.enqueue(frame);
    },
  });
}

function receiving(kind: Kind, transformer: Transformer): TransformStream<Frame, Frame> {
  const incoming = new Incoming<Frame>(kind, keys, counts);
  let asked = 0;
  let turn = Promise.resolve();
  let again: () => void = () => undefined;
  // One after the other: a frame that waits for its key goes before those behind it.
  const next = (work: () => Promise<void>) => (turn = turn.then(work, work));
  const ask = () => {
    if (!incoming.lost || kind !== "video" || Date.now() - asked < ASK_EVERY) return;
    asked = Date.now();
    incoming.lost = false;
    void transformer.sendKeyFrameRequest?.().catch(() => undefined);
  };
  return new TransformStream({
    start: (out) => {
      again = () =>
        void next(async () => {
          (await incoming.ready()).forEach((frame) => out.enqueue(frame));
          ask();
        });
      waiting.add(again);
    },
    transform: (frame, out) =>
      next(async () => {
        (await incoming.take(frame)).forEach((one) => out.enqueue(one));
        ask();
      }),
    flush: () => void waiting.delete(again),
  });
}

function report(one: Report): void {
  self.postMessage(one);
}

setInterval(() => report({ ...counts }), EVERY);
