import { describe, expect, it } from "vitest";
import type { Check } from "../src/protocol";
import { reachOf, wayOf } from "../src/rtc/reach";
import { verdictOf } from "../src/state/verdict";

const FINE: Check = { camera: "ok", microphone: "ok", speaker: "ok", connection: "ok" };

describe("the verdict of a device check", () => {
  it("names the one thing to do first", () => {
    expect(verdictOf({ camera: "failed", microphone: "failed", speaker: "failed", connection: "failed" })).toBe("unheard");
    expect(verdictOf({ ...FINE, camera: "failed", connection: "failed" })).toBe("unreached");
    expect(verdictOf({ ...FINE, camera: "failed", microphone: "silent" })).toBe("silent");
    expect(verdictOf({ ...FINE, camera: "failed", speaker: "failed" })).toBe("deaf");
    expect(verdictOf({ ...FINE, camera: "failed" })).toBe("unseen");
  });

  it("is good only once the connection stands and the person was heard", () => {
    expect(verdictOf({ ...FINE, connection: "skipped" })).toBe("looking");
    expect(verdictOf({ ...FINE, microphone: "skipped" })).toBe("speak");
    expect(verdictOf({ ...FINE, speaker: "skipped", connection: "relay" })).toBe("ready");
    expect(verdictOf({ ...FINE, camera: "skipped" })).toBe("sound_only");
  });
});

function report(candidate: string, packetsSent: number, arrived: boolean): Record<string, unknown>[] {
  return [
    { type: "candidate-pair", id: "P1", localCandidateId: "L1" },
    { type: "candidate-pair", id: "P2", localCandidateId: "L2" },
    { type: "transport", selectedCandidatePairId: "P2" },
    { type: "local-candidate", id: "L1", candidateType: "host" },
    { type: "local-candidate", id: "L2", candidateType: candidate },
    { type: "outbound-rtp", packetsSent },
    ...(arrived ? [{ type: "remote-inbound-rtp" }] : []),
  ];
}

describe("the way to the server", () => {
  it("is the one that the connection has chosen", () => {
    expect(reachOf(report("srflx", 3, true))).toEqual({ way: "direct", sent: 3, arrived: true });
    expect(reachOf(report("relay", 0, false))).toEqual({ way: "relay", sent: 0, arrived: false });
    const firefox = [{ type: "candidate-pair", nominated: true, state: "succeeded", localCandidateId: "L" }, { type: "local-candidate", id: "L", candidateType: "relay" }];
    expect(reachOf(firefox).way).toBe("relay");
    expect(reachOf([]).way).toBeNull();
  });

  it("is known once the server has got something, or there is nothing to send", () => {
    const gone = reachOf(report("host", 40, false));
    expect(wayOf("connected", gone, 1_000)).toBe("looking");
    expect(wayOf("connected", { ...gone, arrived: true }, 1_000)).toBe("direct");
    expect(wayOf("connected", { ...gone, sent: 0 }, 2_500)).toBe("direct");
  });

  it("counts as blocked after eight seconds, whatever the connection says of itself", () => {
    expect(wayOf("connecting", null, 7_900)).toBe("looking");
    expect(wayOf("connecting", null, 8_100)).toBe("blocked");
    expect(wayOf("connected", reachOf(report("host", 40, false)), 8_100)).toBe("blocked");
  });
});
