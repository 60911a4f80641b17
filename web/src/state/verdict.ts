import type { Check } from "../protocol";

/** What a device check comes to, the thing to do first: for the person at the device, and for the therapist alone. */
export type Verdict = "unheard" | "unreached" | "silent" | "deaf" | "unseen" | "looking" | "speak" | "ready" | "sound_only";

export function verdictOf({ camera, microphone, speaker, connection }: Check): Verdict {
  if (microphone === "failed") return "unheard";
  if (connection === "failed") return "unreached";
  if (microphone === "silent") return "silent";
  if (speaker === "failed") return "deaf";
  if (camera === "failed") return "unseen";
  if (connection === "skipped") return "looking";
  if (microphone === "skipped") return "speak";
  return camera === "ok" ? "ready" : "sound_only";
}

/** Nothing is left to do. */
export function isFine(verdict: Verdict): boolean {
  return verdict === "ready" || verdict === "sound_only";
}
