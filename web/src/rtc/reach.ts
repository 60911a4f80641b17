import type { Connection } from "./media";

/** What the numbers of a media connection say of the way to the server. */
export interface Reach {
  /** How the pair that carries goes out; null while there is none. */
  readonly way: "direct" | "relay" | null;
  /** Packets of sound and picture that went out. */
  readonly sent: number;
  /** The server has said that it got some of them. */
  readonly arrived: boolean;
}

/** `blocked`: nothing gets through, by no way that was tried. */
export type Way = "looking" | "direct" | "relay" | "blocked";

const WITHIN = 8_000; // ms after which it is said that nothing gets through; the connection goes on trying
const NOTHING_TO_SEND = 2_000; // ms that a connection stands without a packet sent: there is nothing to send

export function reachOf(report: Iterable<Record<string, unknown>>): Reach {
  const all = [...report];
  const selected = all.find((one) => one["type"] === "transport")?.["selectedCandidatePairId"];
  const carries = (one: Record<string, unknown>) =>
    one["type"] === "candidate-pair" && (selected === undefined ? one["nominated"] === true && one["state"] === "succeeded" : one["id"] === selected);
  const own = all.find(carries)?.["localCandidateId"];
  const local = all.find((one) => own !== undefined && one["id"] === own);
  const sent = all.reduce((sum, one) => sum + (one["type"] === "outbound-rtp" ? Number(one["packetsSent"] ?? 0) : 0), 0);
  return {
    way: !local ? null : local["candidateType"] === "relay" ? "relay" : "direct",
    sent,
    arrived: all.some((one) => one["type"] === "remote-inbound-rtp"),
  };
}

/** What is known after `waited` ms of looking. It is the very connection that the session uses, so a yes is one. */
export function wayOf(connection: Connection, reach: Reach | null, waited: number): Way {
  if (connection === "connected" && reach?.way && (reach.arrived || (reach.sent === 0 && waited > NOTHING_TO_SEND))) return reach.way;
  return waited > WITHIN ? "blocked" : "looking";
}
