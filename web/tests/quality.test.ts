import { signal } from "@preact/signals-core";
import { beforeEach, describe, expect, it } from "vitest";
import { NONE, Offering, Quality, sampled } from "../src/rtc/quality";

const FINE = { lost: 0, roundTrip: 0.05 };
const LOSSY = { ...FINE, lost: 0.12 };

function report(came: number, lost: number, more: Record<string, unknown>[] = []): Map<string, Record<string, unknown>> {
  const all = [{ type: "inbound-rtp", id: "sound", packetsReceived: came, packetsLost: lost }, ...more];
  return new Map(all.map((one, n) => [`${n}`, one]));
}

describe("what the browser's numbers say", () => {
  it("is what was lost since the last look, and not before", () => {
    const first = sampled(report(1000, 100).values(), NONE);
    const next = sampled(report(1090, 110).values(), first.totals);
    expect(next.sample.lost).toBeCloseTo(0.1);
    expect(sampled(report(1190, 110).values(), next.totals).sample.lost).toBe(0);
  });

  it("is the worse of both ways, and the slower way round", () => {
    const { sample } = sampled(
      report(100, 0, [
        { type: "remote-inbound-rtp", fractionLost: 0.2, roundTripTime: 0.3 },
        { type: "candidate-pair", nominated: true, currentRoundTripTime: 0.4 },
        { type: "candidate-pair", nominated: false, currentRoundTripTime: 9 },
      ]).values(),
      NONE,
    );
    expect(sample).toEqual({ lost: 0.2, roundTrip: 0.4 });
  });

  it("is not what somebody else's connection lost on its way to the server", () => {
    const theirs = { type: "inbound-rtp", id: "Robin's sound", packetsReceived: 80, packetsLost: 20 };
    expect(sampled(report(100, 0, [theirs]).values(), NONE).sample.lost).toBe(0);
    expect(sampled(report(90, 10, [theirs]).values(), NONE).sample.lost).toBeCloseTo(0.1);
  });

  it("is nothing bad where a browser does not say", () => {
    expect(sampled([], NONE).sample).toEqual({ lost: 0, roundTrip: 0 });
  });
});

describe("a connection", () => {
  it("is poor after some seconds, not after one bad moment", () => {
    const quality = new Quality();
    expect([LOSSY, LOSSY, FINE, FINE, LOSSY].map((one) => quality.take(one))).toEqual(["fine", "fine", "fine", "fine", "fine"]);
    expect([LOSSY, LOSSY].map((one) => quality.take(one))).toEqual(["fine", "poor"]);
  });
});

describe("the offer of fewer pictures", () => {
  let [came, lost] = [0, 0];
  const media = {
    stats: async () => report(came, lost) as unknown as RTCStatsReport,
    thrifty: signal(false),
    soundOnly: signal(false),
    struggling: signal(false),
    connection: signal("connected" as const),
    screen: signal(null),
    camera: signal({} as MediaStreamTrack),
  };
  let offering: Offering;
  const seconds = async (n: number, share: number, from = 0) => {
    for (let i = 0; i < n; i += 2) {
      came += 100 * (1 - share);
      lost += 100 * share;
      await offering.look(from + i * 1000);
    }
  };

  beforeEach(() => {
    [came, lost] = [0, 0];
    media.thrifty.value = media.soundOnly.value = false;
    offering = new Offering(media);
  });

  it("comes with a poor connection, and goes with it", async () => {
    await seconds(10, 0);
    expect(offering.offer.value).toBe(null);
    await seconds(6, 0.2);
    expect(offering.offer.value).toBe("less");
    expect(media.struggling.value).toBe(true);
    await seconds(6, 0);
    expect(offering.offer.value).toBe(null);
    expect(media.struggling.value).toBe(false);
  });

  it("goes on to sound only, and then asks for nothing more", async () => {
    media.thrifty.value = true;
    await seconds(10, 0.2);
    expect(offering.offer.value).toBe("sound");
    media.soundOnly.value = true;
    await seconds(2, 0.2);
    expect(offering.offer.value).toBe(null);
  });

  it("is not made again for three minutes to who left it", async () => {
    await seconds(10, 0.2);
    offering.settle(10_000);
    await seconds(60, 0.2, 10_000);
    expect(offering.offer.value).toBe(null);
    await seconds(2, 0.2, 200_000);
    expect(offering.offer.value).toBe("less");
  });
});
