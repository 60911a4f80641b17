import { beforeEach, describe, expect, it } from "vitest";
import { Live, type Offered } from "../src/state/live";
import { PolicyClock } from "../src/state/policyClock";
import type { Ack, Wire, WireHooks } from "../src/state/wire";

interface View {
  readonly place: string;
}

const NOW = "2026-03-02T21:00:00+00:00";

/** A connection that answers what it is told to answer. */
class FalseWire implements Wire {
  readonly asked: [string, Record<string, unknown>][] = [];
  answers: Record<string, () => Promise<Ack>> = {};
  hooks: WireHooks | null = null;
  closed = false;

  start(hooks: WireHooks): void {
    this.hooks = hooks;
  }

  close(): void {
    this.closed = true;
  }

  async ask(event: string, body: object): Promise<Ack> {
    this.asked.push([event, body as Record<string, unknown>]);
    return await (this.answers[event]?.() ?? Promise.resolve({ ok: true, rev: 1 } as const));
  }

  say(name: string, rev: number, data: Record<string, unknown>): void {
    this.hooks?.event(name, { v: 1, rev, at: NOW, data });
  }

  count(event: string): number {
    return this.asked.filter(([name]) => name === event).length;
  }
}

function snapshot(rev: number, place: string): Ack {
  return { ok: true, rev, snapshot: { role: "partner", now: NOW, speed: 1, place }, offer: null, ice_servers: [] };
}

const settled = () => new Promise((done) => setTimeout(done, 0));
let wire: FalseWire;
let live: Live<View>;

beforeEach(async () => {
  let n = 0;
  wire = new FalseWire();
  wire.answers["join"] = async () => snapshot(1, "outside");
  live = new Live<View>(wire, new PolicyClock(() => 0), () => `c${(n += 1)}`);
  live.start();
  wire.hooks?.up();
  await settled();
});

describe("a live session", () => {
  it("joins when the connection is up, and shows the snapshot", () => {
    expect(live.phase.value).toBe("live");
    expect(live.view.value?.place).toBe("outside");
    expect(wire.asked[0]).toEqual(["join", { v: 1, media: false, cmd_id: "c1" }]);
  });

  it("follows changes", () => {
    wire.say("changed", 2, { set: { place: "waiting" } });
    wire.say("changed", 3, { set: { place: "room" } });
    expect(live.view.value?.place).toBe("room");
    expect(wire.count("refresh")).toBe(0);
  });

  it("asks afresh on a gap, once, and goes on from there", async () => {
    wire.answers["refresh"] = async () => snapshot(6, "held");
    wire.say("changed", 4, { set: { place: "nowhere" } });
    wire.say("changed", 5, { set: { place: "nowhere" } });
    await settled();
    expect(wire.count("refresh")).toBe(1);
    expect(live.view.value?.place).toBe("held");
    wire.say("changed", 6, { set: { place: "nowhere" } });
    wire.say("changed", 7, { set: { place: "room" } });
    expect(live.view.value?.place).toBe("room");
  });

  it("says that the connection is lost, and joins again when it is back", async () => {
    wire.hooks?.down();
    expect(live.phase.value).toBe("lost");
    wire.answers["join"] = async () => snapshot(1, "room");
    wire.hooks?.up();
    await settled();
    expect(live.phase.value).toBe("live");
    expect(live.view.value?.place).toBe("room");
  });

  it("repeats a command without an answer under the same id", async () => {
    let tries = 0;
    wire.answers["arrive"] = async () => {
      tries += 1;
      if (tries < 3) throw new Error("no answer");
      return { ok: true, rev: 2 };
    };
    expect(await live.send("arrive", {})).toEqual({ ok: true, rev: 2 });
    const ids = wire.asked.filter(([name]) => name === "arrive").map(([, body]) => body["cmd_id"]);
    expect(new Set(ids).size).toBe(1);
    expect(ids).toHaveLength(3);
  });

  it("gives up with a sentence", async () => {
    wire.answers["arrive"] = async () => {
      throw new Error("no answer");
    };
    expect((await live.send("arrive", {})).error?.type).toBe("no_answer");
  });

  it.each(["removed", "link_revoked", "seat_taken"])("does not come back after %s", (type) => {
    wire.say("closed", 1, { type, message: "No." });
    expect(live.phase.value).toBe("closed");
    expect(live.ended.value?.type).toBe(type);
    expect(wire.closed).toBe(true);
  });

  it("goes on trying where the record can't be reached for now", () => {
    wire.hooks?.refused({ type: "unavailable", message: "Try again." });
    expect(live.ended.value).toBeNull();
    expect(wire.closed).toBe(false);
  });

  it("hands every offer on", async () => {
    const offers: Offered[] = [];
    live.onOffer = (offered) => offers.push(offered);
    wire.say("media_offered", 1, { offer: "afresh", ice_servers: [] });
    wire.answers["restart_media"] = async () => ({ ok: true, rev: 1, offer: "again" });
    await live.restartMedia();
    expect(offers.map((offered) => offered.offer)).toEqual(["afresh", "again"]);
  });

  it("says when the page has to offer, and how the same connection is described anew", async () => {
    const offers: Offered[] = [];
    const again: string[] = [];
    live.onOffer = (offered) => offers.push(offered);
    live.onRedescribed = (offer) => again.push(offer);
    wire.say("media_offered", 1, { offer: null, yours: true, ice_servers: [] });
    wire.say("media_redescribed", 1, { offer: "as it is now" });
    expect(offers).toEqual([{ offer: null, yours: true, iceServers: [] }]);
    expect(again).toEqual(["as it is now"]);
  });

  it("knows who is in which slot, and that is no change of the view", () => {
    wire.say("slots_assigned", 1, { slots: { "0": "b", "1": null }, paused: { b: "slow" } });
    expect(live.slots.value).toEqual({ "0": "b", "1": null });
    expect(live.paused.value).toEqual({ b: "slow" });
    wire.say("changed", 2, { set: { place: "room" } });
    expect(live.view.value?.place).toBe("room");
  });
});
