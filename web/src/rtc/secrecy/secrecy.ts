import { signal } from "@preact/signals-core";
import { OWN_PICTURE, OWN_SOUND } from "../slots";
import { Exchange, type KeyDesk } from "./exchange";
import type { Counts } from "./stream";
import type { Options, Order, Report } from "./worker";

/** `on`: frames are being counted as sealed or opened, right now. `server`: encrypted to the server, not beyond. */
export type Privacy = "server" | "starting" | "on";

interface Transformable {
  transform: unknown;
}

declare const RTCRtpScriptTransform: { new (worker: Worker, options: Options): unknown } | undefined;

const FRESH = 3_000; // ms without a counted frame after which it is not said any more

/** End-to-end encryption of this page's media, where the browser can. */
export class Secrecy {
  readonly privacy = signal<Privacy>("server");
  readonly code = signal<string | null>(null);
  /** Of each other person in the room: whether this page and theirs share a secret of their own. */
  readonly shared = signal<Readonly<Record<string, boolean>>>({});
  readonly #worker: Worker | null;
  readonly #exchange: Promise<Exchange> | null;
  readonly #desk: Pick<KeyDesk, "announce" | "send">;
  #picture: RTCRtpSender | null = null;
  #wanted = false;
  #counted = 0;
  #at = 0;

  constructor(desk: Pick<KeyDesk, "announce" | "send">) {
    this.#worker = able() ? new Worker(new URL("./worker.ts", import.meta.url), { type: "module" }) : null;
    if (this.#worker) this.#worker.onmessage = ({ data }: MessageEvent<Report>) => this.#hear(data);
    this.#exchange = this.#worker && Exchange.open({ ...desk, ...this.#orders() });
    this.#desk = desk;
    // Sealed from the first frame on: until somebody comes, nobody has the key.
    void this.members({});
  }

  /** To be called in the very turn in which an offer of the server was taken, or ours begun, before any track is set: a
   * frame that a sender takes up before its transform would leave as it is. What has one keeps it. */
  attach(pc: RTCPeerConnection): void {
    if (!this.#worker || typeof RTCRtpScriptTransform === "undefined") return;
    for (const [line, { sender, receiver }] of pc.getTransceivers().entries()) {
      const kind = receiver.track.kind as Options["kind"];
      const own = line === OWN_SOUND || line === OWN_PICTURE;
      if (line === OWN_PICTURE) this.#picture = sender;
      const end = (own ? sender : receiver) as unknown as Transformable;
      end.transform ??= new RTCRtpScriptTransform(this.#worker, { side: own ? "send" : "receive", kind });
    }
  }

  async joined(): Promise<void> {
    const exchange = await this.#exchange;
    await (exchange ? exchange.announce() : this.#desk.announce(null));
  }

  async members(keys: Readonly<Record<string, string | null>>): Promise<void> {
    const exchange = await this.#exchange;
    if (!exchange) return;
    await exchange.members(keys);
    this.shared.value = Object.fromEntries(Object.entries(keys).map(([who, key]) => [who, key !== null]));
    this.code.value = await exchange.code();
  }

  async box(sender: string, box: string): Promise<void> {
    await (await this.#exchange)?.box(sender, box);
  }

  async line(readers: readonly string[], line: string): Promise<Record<string, string> | null> {
    return (await (await this.#exchange)?.line(readers, line)) ?? null;
  }

  async read(sender: string, box: string): Promise<string | null> {
    return (await (await this.#exchange)?.read(sender, box)) ?? null;
  }

  close(): void {
    this.#worker?.terminate();
    this.privacy.value = "server";
  }

  #orders(): Omit<KeyDesk, "announce" | "send"> {
    const order = (one: Order) => this.#worker?.postMessage(one);
    return {
      seal: (on) => {
        this.#wanted = on;
        this.privacy.value = on ? (this.privacy.value === "on" ? "on" : "starting") : "server";
        order({ do: "seal", on });
      },
      own: (id, key) => order({ do: "own", id, key }),
      learn: (id, key) => order({ do: "learn", id, key }),
      forget: (id) => order({ do: "forget", id }),
    };
  }

  #hear(report: Report): void {
    if ("owned" in report) void keyframe(this.#picture);
    else this.#count(report);
  }

  #count({ sealed, opened }: Counts): void {
    const now = Date.now();
    if (sealed + opened > this.#counted) this.#at = now;
    this.#counted = sealed + opened;
    this.privacy.value = !this.#wanted ? "server" : now - this.#at < FRESH ? "on" : "starting";
  }
}

/** Who has just come can open nothing from before: what they see first is a keyframe under the new key. Browsers that
 * don't know the option take nothing from it, and are asked by the one who misses the picture. */
async function keyframe(sender: RTCRtpSender | null): Promise<void> {
  const parameters = sender?.getParameters();
  if (!sender || !parameters?.encodings?.length || sender.transport?.state !== "connected") return;
  const options = { encodingOptions: parameters.encodings.map(() => ({ keyFrame: true })) };
  const set = sender.setParameters as (parameters: RTCRtpSendParameters, options: unknown) => Promise<void>;
  await set.call(sender, parameters, options).catch(() => undefined);
}

function able(): boolean {
  return typeof RTCRtpScriptTransform !== "undefined" && typeof Worker !== "undefined" && globalThis.crypto?.subtle !== undefined;
}
