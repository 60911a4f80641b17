import type { DeviceFault } from "../rtc/devices";
import type { Check } from "../protocol";
import { type Verdict, verdictOf } from "../state/verdict";

/** The one thing to do about a device. */
const DO: Record<DeviceFault, (what: string) => string> = {
  blocked: (what) => `allow the ${what} in your browser, and try again`,
  missing: (what) => `plug a ${what} in, and try again`,
  busy: () => "close other video calls, and try again",
  unsupported: () => "open your link in Safari, Chrome, Edge or Firefox",
};

/** To the person at the device. */
export function verdictWords(verdict: Verdict, faults: { readonly camera: DeviceFault | null; readonly microphone: DeviceFault | null }): string {
  switch (verdict) {
    case "unheard":
      return `We can’t hear you yet: ${DO[faults.microphone ?? "missing"]("microphone")}.`;
    case "unreached":
      return "Sound and picture don’t reach us yet: try another Wi-Fi, or mobile data. You can go on; we keep trying.";
    case "silent":
      return "We can’t hear you yet: say a few words, or choose another microphone.";
    case "deaf":
      return "You can’t hear us yet: turn the volume up, or take headphones off, and play the sound again.";
    case "unseen":
      return `We can’t see you yet: ${DO[faults.camera ?? "missing"]("camera")}. Or go on without it.`;
    case "looking":
      return "One moment: we’re trying your connection.";
    case "speak":
      return "Almost there: say a few words, so that we know you’ll be heard.";
    case "ready":
      return "You’re ready: they will see and hear you.";
    case "sound_only":
      return "You’re ready: they will hear you, and your camera is off.";
  }
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
