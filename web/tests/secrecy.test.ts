import { beforeEach, describe, expect, it } from "vitest";
import { Exchange, type KeyDesk } from "../src/rtc/secrecy/exchange";
import { keyOf, open, seal } from "../src/rtc/secrecy/frame";
import { type Frame, Incoming, keyless, outgoing } from "../src/rtc/secrecy/stream";

const AES = { name: "AES-GCM", length: 128 };
const PICTURE = Uint8Array.from({ length: 300 }, (_, n) => n % 251);

async function aes(): Promise<CryptoKey> {
  return await crypto.subtle.generateKey(AES, true, ["encrypt", "decrypt"]);
}

function frame(type = "delta"): Frame {
  return { data: PICTURE.slice().buffer, type };
}

describe("a sealed frame", () => {
  it("opens with its key alone, whole", async () => {
    const key = await aes();
    const sealed = await seal(PICTURE.slice().buffer, 3, { id: 7, key }, 1n);
    expect(keyOf(sealed)).toBe(7);
    expect(new Uint8Array(await open(sealed, 3, key))).toEqual(PICTURE);
    await expect(open(sealed, 3, await aes())).rejects.toThrow();
  });

  it("shows its first bytes and none of the rest", async () => {
    const sealed = new Uint8Array(await seal(PICTURE.slice().buffer, 10, { id: 7, key: await aes() }, 1n));
    expect(sealed.slice(0, 10)).toEqual(PICTURE.slice(0, 10));
    const shared = sealed.filter((byte, n) => n >= 10 && n < 300 && byte === PICTURE[n]).length;
    expect(shared).toBeLessThan(20);
  });

  it("is refused where a byte of it was changed, also one that can be read", async () => {
    const key = await aes();
    for (const at of [0, 2, 3, 150, 290, 305]) {
      const sealed = new Uint8Array(await seal(PICTURE.slice().buffer, 3, { id: 7, key }, 9n));
      sealed[at]! ^= 1;
      await expect(open(sealed.buffer, 3, key)).rejects.toThrow();
    }
  });
});

describe("a stream of frames", () => {
  const counts = { sealed: 0, opened: 0, plain: 0 };
  beforeEach(() => Object.assign(counts, { sealed: 0, opened: 0, plain: 0 }));

  async function sealedBy(id: number, key: CryptoKey, type = "delta"): Promise<Frame> {
    const keys = { ...keyless(), on: true, own: { id, key } };
    const one = frame(type);
    await outgoing(one, "video", keys, counts);
    return one;
  }

  it("leaves nothing out of the house while there is no key", async () => {
    expect(await outgoing(frame(), "video", { ...keyless(), on: true }, counts)).toBe(false);
    expect(await outgoing(frame(), "video", keyless(), counts)).toBe(true);
    expect(counts.sealed).toBe(0);
  });

  it("never uses a counter twice", async () => {
    const keys = { ...keyless(), on: true, own: { id: 1, key: await aes() } };
    const frames = [frame(), frame(), frame()];
    await Promise.all(frames.map((one) => outgoing(one, "video", keys, counts)));
    const counters = frames.map(({ data }) => new DataView(data, data.byteLength - 16).getBigUint64(0));
    expect(new Set(counters).size).toBe(3);
  });

  it("keeps frames until their key comes, and then plays them in order", async () => {
    const key = await aes();
    const keys = { ...keyless(), on: true };
    const incoming = new Incoming<Frame>("video", keys, counts);
    const frames = [await sealedBy(5, key, "key"), await sealedBy(5, key), await sealedBy(5, key)];
    for (const one of frames) expect(await incoming.take(one)).toEqual([]);
    keys.others.set(5, key);
    expect(await incoming.ready()).toEqual(frames);
    expect(counts.opened).toBe(3);
    expect(new Uint8Array(frames[0]!.data)).toEqual(PICTURE);
  });

  it("waits for no key that is older than one it has: who is let in sees at once, not when the queue is full", async () => {
    const [older, newer] = [await aes(), await aes()];
    const keys = { ...keyless(), on: true };
    const incoming = new Incoming<Frame>("video", keys, counts);
    for (const type of ["key", "delta"]) expect(await incoming.take(await sealedBy(5, older, type))).toEqual([]);
    const [first, second] = [await sealedBy(6, newer, "key"), await sealedBy(6, newer)];
    expect(await incoming.take(first)).toEqual([]);
    keys.others.set(6, newer);
    expect(await incoming.ready()).toEqual([first]);
    expect(incoming.lost).toBe(false);
    expect(await incoming.take(second)).toEqual([second]);
  });

  it("asks for a keyframe where the first frame that it can open is none", async () => {
    const key = await aes();
    const keys = { ...keyless(), on: true };
    const incoming = new Incoming<Frame>("video", keys, counts);
    await incoming.take(await sealedBy(5, await aes(), "key"));
    keys.others.set(6, key);
    await incoming.take(await sealedBy(6, key));
    expect(incoming.lost).toBe(true);
  });

  it("gives up a frame whose key never comes, and asks for a keyframe", async () => {
    const incoming = new Incoming<Frame>("video", { ...keyless(), on: true }, counts);
    for (let n = 0; n < 100; n += 1) await incoming.take(await sealedBy(5, await aes()));
    expect(incoming.lost).toBe(true);
  });

  it("refuses what isn't sealed while sealed frames are wanted: a server can slip nothing in", async () => {
    const keys = { ...keyless(), on: true };
    const incoming = new Incoming<Frame>("video", keys, counts);
    expect(await incoming.take(frame())).toEqual([]);
    expect(counts.plain).toBe(1);
    keys.on = false;
    expect(await incoming.take(frame())).toHaveLength(1);
  });
});

/** Pages in one room, and a server between them that carries what it is given. */
class Server {
  readonly pages = new Map<string, Page>();
  readonly carried: [string, string, string][] = [];

  async add(name: string): Promise<Page> {
    const page = new Page(name, this);
    page.exchange = await Exchange.open(page);
    this.pages.set(name, page);
    await page.exchange.announce();
    return page;
  }

  async members(...names: string[]): Promise<void> {
    for (const name of this.pages.keys()) {
      const here = names.includes(name) ? names.filter((one) => one !== name) : [];
      await this.pages.get(name)!.exchange.members(Object.fromEntries(here.map((one) => [one, this.pages.get(one)!.announced])));
    }
    await this.deliver();
  }

  async deliver(): Promise<void> {
    for (const [from, to, box] of this.carried.splice(0)) await this.pages.get(to)?.exchange.box(from, box);
  }
}

class Page implements KeyDesk {
  exchange!: Exchange;
  announced: string | null = null;
  sealing = false;
  ownId = 0;
  ownKey: CryptoKey | null = null;
  readonly known = new Map<number, CryptoKey>();

  constructor(
    readonly name: string,
    readonly server: Server,
  ) {}

  async announce(key: string | null): Promise<void> {
    this.announced = key;
  }
  async send(boxes: Record<string, string>): Promise<void> {
    for (const [to, box] of Object.entries(boxes)) this.server.carried.push([this.name, to, box]);
  }
  seal(on: boolean): void {
    this.sealing = on;
  }
  own(id: number, key: CryptoKey): void {
    [this.ownId, this.ownKey] = [id, key];
  }
  learn(id: number, key: CryptoKey): void {
    this.known.set(id, key);
  }
  forget(id: number): void {
    this.known.delete(id);
  }
  async reads(other: Page): Promise<boolean> {
    const sealed = await seal(PICTURE.slice().buffer, 3, { id: other.ownId, key: other.ownKey! }, 1n);
    const key = this.known.get(keyOf(sealed)!);
    return key !== undefined && (await open(sealed, 3, key).then(() => true, () => false));
  }
}

describe("the keys of a room", () => {
  it("reach everybody in it", async () => {
    const server = new Server();
    const [host, a, b] = [await server.add("host"), await server.add("a"), await server.add("b")];
    await server.members("host", "a", "b");
    for (const one of [host, a, b]) for (const other of [host, a, b]) if (one !== other) expect(await one.reads(other)).toBe(true);
    expect([host, a, b].every((one) => one.sealing)).toBe(true);
  });

  it("change when somebody leaves, who opens nothing from then on", async () => {
    const server = new Server();
    const [host, a, b] = [await server.add("host"), await server.add("a"), await server.add("b")];
    await server.members("host", "a", "b");
    await server.members("host", "a");
    expect(await a.reads(host)).toBe(true);
    expect(await b.reads(host)).toBe(false);
    expect(await b.reads(a)).toBe(false);
    expect(await host.reads(b)).toBe(false);
  });

  it("don't open what was said before somebody came", async () => {
    const server = new Server();
    const [host, a] = [await server.add("host"), await server.add("a")];
    await server.members("host");
    const before = { id: host.ownId, key: host.ownKey! };
    await server.members("host", "a");
    expect(host.ownId).not.toBe(before.id);
    expect(a.known.has(before.id)).toBe(false);
  });

  it("are not wanted where one browser can't: nothing is sealed, and nothing is claimed", async () => {
    const server = new Server();
    const host = await server.add("host");
    await host.exchange.members({ bot: null });
    expect(host.sealing).toBe(false);
    await host.exchange.members({});
    expect(host.sealing).toBe(true);
  });

  it("are not taken from a box that is old, given back, or another's", async () => {
    const server = new Server();
    const [host, a] = [await server.add("host"), await server.add("a")];
    await host.exchange.members({ a: a.announced });
    await a.exchange.members({ host: host.announced });
    const first = server.carried.find(([from]) => from === "host")!;
    await server.deliver();
    const id = host.ownId;
    await host.exchange.members({});
    await host.exchange.members({ a: a.announced });
    await server.deliver();
    const known = new Map(a.known);
    await a.exchange.box("host", first[2]);
    await a.exchange.box("a", first[2]);
    await host.exchange.box("a", first[2]);
    expect(a.known).toEqual(known);
    expect(host.known.has(id)).toBe(false);
  });

  it("are not taken from an old box either when the one who sent it comes back", async () => {
    const server = new Server();
    const [host, a] = [await server.add("host"), await server.add("a")];
    await host.exchange.members({ a: a.announced });
    await a.exchange.members({ host: host.announced });
    const old = server.carried.find(([from]) => from === "host")!;
    await server.deliver();
    await a.exchange.members({});
    await a.exchange.members({ host: host.announced });
    await a.exchange.box("host", old[2]);
    expect(a.known.size).toBe(0);
  });

  it("make one code on all sides, and two where somebody sits in between", async () => {
    const server = new Server();
    const [host, a, between] = [await server.add("host"), await server.add("a"), await server.add("between")];
    await server.members("host", "a");
    expect(await host.exchange.code()).toBe(await a.exchange.code());
    expect(await host.exchange.code()).toMatch(/^\d{4}( \d{4}){4}$/);
    await host.exchange.members({ a: between.announced });
    await a.exchange.members({ host: between.announced });
    expect(await host.exchange.code()).not.toBe(await a.exchange.code());
  });

  it("stay with those who have one when what another announces is no key", async () => {
    const server = new Server();
    const host = await server.add("host");
    await host.exchange.members({ a: btoa("not a point on the curve, but long enough to look like one") });
    expect(host.sealing).toBe(false);
  });
});

describe("a line of chat", () => {
  it("is opened by its reader alone, and by nobody as somebody else's", async () => {
    const server = new Server();
    const [host, a, b] = [await server.add("host"), await server.add("a"), await server.add("b")];
    await server.members("host", "a", "b");
    const boxes = await a.exchange.line(["host"], "nur für dich");
    expect(Object.keys(boxes!)).toEqual(["host"]);
    expect(await host.exchange.read("a", boxes!["host"]!)).toBe("nur für dich");
    expect(await host.exchange.read("b", boxes!["host"]!)).toBe(null);
    expect(await b.exchange.read("a", boxes!["host"]!)).toBe(null);
    expect(await a.exchange.read("host", boxes!["host"]!)).toBe(null);
  });

  it("is not locked where a reader can't open it, or isn't known yet", async () => {
    const server = new Server();
    const host = await server.add("host");
    await host.exchange.members({ bot: null });
    expect(await host.exchange.line(["bot"], "hello")).toBe(null);
    expect(await host.exchange.line(["a"], "hello")).toBe(null);
  });
});
