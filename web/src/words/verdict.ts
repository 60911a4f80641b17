import type { DeviceFault } from "../rtc/devices";
import type { Check } from "../protocol";
import { type Verdict, verdictOf } from "../state/verdict";
import type { Device } from "./people";
import { type English, tell } from "./room";

/** The one thing to do about a device. */
const DO: Record<DeviceFault, English> = {
  blocked: "allow {device} in your browser, and try again",
  missing: "plug {device} in, and try again",
  busy: "close other video calls, and try again",
  unsupported: "open your link in Safari, Chrome, Edge or Firefox",
};

function help(what: Device, fault: DeviceFault | null): string {
  const device = fault === "blocked" ? (what === "camera" ? "the camera" : "the microphone") : what === "camera" ? "a camera" : "a microphone";
  return tell(DO[fault ?? "missing"], { device: tell(device) });
}

const SAYS: Record<Exclude<Verdict, "unheard" | "unseen">, English> = {
  unreached: "Sound and picture don’t reach us yet: try another Wi-Fi, or mobile data. You can go on; we keep trying.",
  silent: "We can’t hear you yet: say a few words, or choose another microphone.",
  deaf: "You can’t hear us yet: turn the volume up, or take headphones off, and play the sound again.",
  looking: "One moment: we’re trying your connection.",
  speak: "Almost there: say a few words, so that we know you’ll be heard.",
  ready: "You’re ready: they will see and hear you.",
  sound_only: "You’re ready: they will hear you, and your camera is off.",
};

/** To the person at the device. */
export function verdictWords(verdict: Verdict, faults: { readonly camera: DeviceFault | null; readonly microphone: DeviceFault | null }): string {
  if (verdict === "unheard") return tell("We can’t hear you yet: {help}.", { help: help("microphone", faults.microphone) });
  if (verdict === "unseen") return tell("We can’t see you yet: {help}. Or go on without it.", { help: help("camera", faults.camera) });
  return tell(SAYS[verdict]);
}

/** To the therapist, of somebody else. */
export function verdictTold(check: Check, name: string): string {
  const relayed = check.connection === "relay" ? " Their network lets nothing through directly, so all goes over the relay." : "";
  switch (verdictOf(check)) {
    case "unheard":
      return `You won’t hear ${name} yet: their microphone doesn’t work.`;
    case "unreached":
      return `Sound and picture from ${name} don’t reach us yet: their network lets neither through.`;
    case "silent":
      return `You may not hear ${name}: their microphone has been silent so far.${relayed}`;
    case "deaf":
      return `${name} may not hear you: they heard no test sound.${relayed}`;
    case "unseen":
      return `You won’t see ${name} yet: their camera doesn’t work.${relayed}`;
    case "looking":
      return `${name}’s connection is still being tried.`;
    case "speak":
      return `${name} hasn’t spoken into their microphone yet.${relayed}`;
    case "ready":
      return `${name} is ready: you will see and hear them.${relayed}`;
    case "sound_only":
      return `${name} is ready: you will hear them; their camera is off.${relayed}`;
  }
}
