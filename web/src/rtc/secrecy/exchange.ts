/** Who may open what: each page makes the key of its own frames, and gives it to those in the room, to each in a box. */

const CURVE = { name: "ECDH", namedCurve: "P-256" } as const;
const AES = { name: "AES-GCM", length: 128 } as const;
const BOX_INFO = new TextEncoder().encode("dyad frame key");
const CHAT_INFO = new TextEncoder().encode("dyad chat");
const NONCE = 12;
const STALE = 5_000; // ms that the key before the last still opens what is on its way

/** What is wanted of the socket and of the worker. */
export interface KeyDesk {
  announce(key: string | null): Promise<unknown>;
  send(boxes: Record<string, string>): Promise<unknown>;
  seal(on: boolean): void;
  own(id: number, key: CryptoKey): void;
  learn(id: number, key: CryptoKey): void;
  forget(id: number): void;
}

interface Other {
  readonly key: string;
  readonly box: CryptoKey;
  readonly chat: CryptoKey;
  ids: number[];
}

export class Exchange {
  readonly #others = new Map<string, Other>();
  /** The newest key id of each public key: one who comes back is not taken for who they were before. */
  readonly #newest = new Map<string, number>();
  #turn: Promise<unknown> = Promise.resolve();
  #generation = 0;
  readonly #tag = crypto.getRandomValues(new Uint16Array(1))[0]!;
  #members: readonly string[] = [];
  #all = false;

  private constructor(
    private readonly desk: KeyDesk,
    private readonly pair: CryptoKeyPair,
    readonly own: string,
  ) {}

  static async open(desk: KeyDesk): Promise<Exchange> {
    const pair = await crypto.subtle.generateKey(CURVE, false, ["deriveKey", "deriveBits"]);
    return new Exchange(desk, pair, text(await crypto.subtle.exportKey("raw", pair.publicKey)));
  }

  /** After each join: the server forgets keys with the connection they came by. */
  async announce(): Promise<void> {
    await this.desk.announce(this.own);
  }

  /** Who else is in the room, each with their public key or null. Any change makes a new key of our own. */
  members(keys: Readonly<Record<string, string | null>>): Promise<void> {
    return this.#after(async () => {
      for (const [who, other] of this.#others) {
        if (keys[who] === other.key) continue;
        other.ids.forEach((id) => this.desk.forget(id));
        this.#others.delete(who);
      }
      this.#all = Object.values(keys).every((key) => key !== null);
      this.#members = Object.values(keys).filter((key) => key !== null);
      for (const [who, key] of Object.entries(keys)) if (key !== null && !this.#others.has(who)) await this.#meet(who, key);
      await this.#rotate();
      this.desk.seal(this.#all);
    });
  }

  /** A line of chat in a box for each reader; null where one of them can't open any, or isn't known yet. */
  line(readers: readonly string[], line: string): Promise<Record<string, string> | null> {
    return this.#after(async () => {
      const inside = new TextEncoder().encode(line);
      const boxes: Record<string, string> = {};
      for (const who of readers) {
        const other = this.#others.get(who);
        if (!other) return null;
        boxes[who] = await boxing(inside, other.chat, `${this.own}>${other.key}`);
      }
      return boxes;
    });
  }

  /** The line in a box that `sender` made for this page; null where it can't be opened. */
  read(sender: string, box: string): Promise<string | null> {
    return this.#after(async () => {
      const other = this.#others.get(sender);
      if (!other) return null;
      const inside = await opening(box, other.chat, `${other.key}>${this.own}`).catch(() => null);
      return inside && new TextDecoder().decode(inside);
    });
  }

  /** Somebody's key for their frames. A box that can't be opened, or is not the newest, changes nothing. */
  box(sender: string, box: string): Promise<void> {
    return this.#after(async () => {
      const other = this.#others.get(sender);
      if (!other) return;
      const opened = await opening(box, other.box, `${other.key}>${this.own}`).catch(() => null);
      if (!opened || opened.byteLength !== 20) return;
      const id = new DataView(opened).getUint32(0);
      const newest = this.#newest.get(other.key);
      if (newest !== undefined && (newest >>> 16 !== id >>> 16 || (id & 0xffff) <= (newest & 0xffff))) return;
      this.#newest.set(other.key, id);
      const last = other.ids.at(-1);
      other.ids.push(id);
      this.desk.learn(id, await crypto.subtle.importKey("raw", opened.slice(4), AES, false, ["decrypt"]));
      if (last !== undefined) setTimeout(() => this.desk.forget(last), STALE);
    });
  }

  /** The same for everybody in the room, and for nobody else: five groups of four digits, to be read to one another. */
  async code(): Promise<string> {
    const all = [this.own, ...this.#members].sort().join("|");
    const digest = new DataView(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`dyad safety code|${all}`)));
    return Array.from({ length: 5 }, (_, n) => String(digest.getUint32(4 * n) % 10_000).padStart(4, "0")).join(" ");
  }

  async #meet(who: string, key: string): Promise<void> {
    try {
      const theirs = await crypto.subtle.importKey("raw", bytes(key), CURVE, false, []);
      const secret = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, this.pair.privateKey, 256);
      const material = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
      const salt = new TextEncoder().encode([this.own, key].sort().join("|"));
      const hkdf = (info: Uint8Array<ArrayBuffer>) => ({ name: "HKDF", hash: "SHA-256", salt, info });
      const derived = (info: Uint8Array<ArrayBuffer>) => crypto.subtle.deriveKey(hkdf(info), material, AES, false, ["encrypt", "decrypt"]);
      this.#others.set(who, { key, box: await derived(BOX_INFO), chat: await derived(CHAT_INFO), ids: [] });
    } catch {
      this.#all = false; // what isn't a key is nobody to share a secret with
    }
  }

  async #rotate(): Promise<void> {
    this.#generation = (this.#generation + 1) & 0xffff;
    const id = ((this.#tag << 16) | this.#generation) >>> 0;
    const raw = crypto.getRandomValues(new Uint8Array(16));
    const inside = new Uint8Array(20);
    new DataView(inside.buffer).setUint32(0, id);
    inside.set(raw, 4);
    const boxes: Record<string, string> = {};
    for (const [who, other] of this.#others) boxes[who] = await boxing(inside, other.box, `${this.own}>${other.key}`);
    if (this.#others.size > 0) void this.desk.send(boxes);
    this.desk.own(id, await crypto.subtle.importKey("raw", raw, AES, false, ["encrypt"]));
  }

  /** One after the other, so that what came first is done first. */
  #after<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work, work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

async function boxing(inside: Uint8Array<ArrayBuffer>, key: CryptoKey, way: string): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(NONCE));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(way) }, key, inside);
  const out = new Uint8Array(NONCE + sealed.byteLength);
  out.set(iv);
  out.set(new Uint8Array(sealed), NONCE);
  return text(out.buffer);
}

async function opening(box: string, key: CryptoKey, way: string): Promise<ArrayBuffer> {
  const all = bytes(box);
  const iv = all.slice(0, NONCE);
  return await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(way) }, key, all.slice(NONCE));
}

function text(data: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(data)));
}

function bytes(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
}
