import type { CaptionFault, LocalCaptioner } from "../rtc/captions";
import type { DeviceFault } from "../rtc/devices";
import type { BlurLoss } from "../rtc/face";
import type { Unplugged } from "../rtc/plugged";
import { type English, refusal, tell } from "./room";

/** Whether a session of this kind is for the two together. */
export function isJoint(kind: string): boolean {
  return kind === "couples" || kind === "intake";
}

/** Why a link doesn't open, and what to do. */
const LINK_TROUBLE: Readonly<Record<string, { readonly title: English; readonly text: English }>> = {
  missing: { title: "Please open your own link", text: "This page opens from the link in the message that we sent you." },
  link_unknown: {
    title: "We don’t know this link",
    text: "Perhaps a newer message has a newer link. If not, call your clinic: they can send it again.",
  },
  link_expired: { title: "This link is too old", text: "Please call your clinic for a new one. It takes a minute." },
  link_revoked: { title: "This link was taken back", text: "Please use the newest message, or call your clinic." },
  link_used: { title: "You’ve already answered", text: "Thank you. You don’t need to do anything more." },
  removed: { title: "Your part of this session is over", text: "Please call your clinic if you’d like to talk about it." },
  seat_taken: {
    title: "You opened this session somewhere else",
    text: "It goes on there. To use this device instead, come back here.",
  },
  session_over: { title: "This session is over", text: "Please call your clinic if you have a question." },
  session_unknown: { title: "This session isn’t there any more", text: "Please call your clinic." },
  not_allowed: { title: "This link is for something else", text: "Please look in your messages for the right one." },
  too_many_requests: { title: "One moment, please", text: "That was tried very often. Please try again in a minute." },
  unreachable: { title: "We can’t reach Dyad right now", text: "Please check your connection and try again." },
};

export function troubleOf(code: string, sentence: string): { readonly title: string; readonly text: string } {
  const known = LINK_TROUBLE[code];
  return known ? { title: tell(known.title), text: tell(known.text) } : { title: tell("Something went wrong here"), text: refusal(sentence) };
}

export type Device = "camera" | "microphone";

/** What to do about a device, in plain words. */
export function faultWords(fault: DeviceFault, what: Device): { readonly title: string; readonly text: string } {
  const the = { device: tell(what === "camera" ? "the camera" : "the microphone") };
  const a = { device: tell(what === "camera" ? "a camera" : "a microphone") };
  const setting = tell(what === "camera" ? "Camera" : "Microphone");
  switch (fault) {
    case "blocked":
      return {
        title: tell("Your browser keeps {device} from us", the),
        text: tell("Tap the small icon left of the address above, allow {device}, then try again. On an iPhone: Settings, then Safari, then {setting}.", { ...the, setting }),
      };
    case "missing":
      return { title: tell("We can’t find {device}", a), text: tell("If yours has a plug, take it out and put it in again. Then try again.") };
    case "busy":
      return { title: tell("Something else is using {device}", the), text: tell("Close other video calls and camera apps, then try again.") };
    case "unsupported":
      return { title: tell("This browser can’t use {device} here", a), text: tell("Open your link in Safari, Chrome, Edge or Firefox instead of inside another app.") };
  }
}

/** What became of a device that went away in the middle. */
export function unpluggedWords({ what, replaced }: Unplugged): string {
  if (what === "speaker") return tell("Your speaker was unplugged. You hear the others through another one now.");
  if (what === "camera") return tell("Your camera is gone, so your picture is off. You can choose another one under “More”.");
  return tell(replaced ? "Your microphone was unplugged. You’re heard through another one now." : "Your microphone is gone, and nobody hears you. Plug one in, then choose it under “More”.");
}

/** On the picture itself. */
export const PAUSED: English = "Picture paused: your connection is weak. The sound goes on.";

/** Whose pictures are left out for now, and why, said aloud to the person whose own connection is weak. */
export function pausedWords(names: readonly string[]): string {
  if (names.length === 1) return tell("{name}’s picture is paused: your connection is weak. The sound goes on.", { name: names[0] ?? "" });
  const whose = names.map((name) => tell("{name}’s", { name }));
  const second = whose.pop() ?? "";
  return tell("{names} pictures are paused: your connection is weak. The sound goes on.", { names: tell("{first} and {second}", { first: whose.join(", "), second }) });
}

/** Blurring what is behind somebody: what it does, or what has become of it. */
export function blurWords(now: "off" | "starting" | "on", fault: BlurLoss | null): string {
  if (now === "starting") return tell("Getting ready… Until it says “On”, you’re seen as before.");
  if (now === "on" || !fault) return tell("Done on this device, before your picture is sent.");
  const why = tell(SLOW_OR_UNABLE[fault.why]);
  return fault.off ? why : `${why} ${tell("You’re seen as before.")}`;
}

/** The captions of this device: what they do, or what has become of them. */
export function captionWords({ state, loaded, fault }: LocalCaptioner): string {
  if (state.value === "starting") return tell("Getting ready… {percent}%", { percent: Math.round(loaded.value * 100) });
  if (fault.value) return tell(SLOW_OR_UNABLE[fault.value]);
  return tell("What the others say in English, written by this device and for you alone. It loads about 40 MB once.");
}

export const SLOW_OR_UNABLE: Readonly<Record<CaptionFault, English>> = {
  slow: "This device is too slow for that.",
  unable: "This browser can’t do that.",
};

/** The picture was given up rather than shown with the room behind. */
export function blurLost({ why }: BlurLoss): string {
  return tell(
    why === "slow"
      ? "This device is too slow to blur what’s behind you, so your camera is off and nobody sees your room."
      : "What’s behind you can’t be blurred any more, so your camera is off and nobody sees your room.",
  );
}

/** How a session closed, to a partner. Never a word about why anybody else was missing. */
export const CLOSING: Readonly<Record<string, { readonly title: English; readonly text: English }>> = {
  ended: {
    title: "Your session has ended.",
    text: "Thank you for being here. If something is on your mind, call the clinic; {host} will get your message.",
  },
  new_times_follow: {
    title: "We’ll find a new time.",
    text: "You’ll get a message with times to choose from. You don’t need to do anything until then.",
  },
  not_held: { title: "This session isn’t held today.", text: "You don’t need to do anything. If it gets a new time, the clinic tells you." },
  cancelled: { title: "This session was cancelled.", text: "You don’t need to do anything." },
  host_cancelled: {
    title: "{host} can’t hold the session today.",
    text: "We’re sorry. This isn’t down to you, and it doesn’t count as missed. You’ll get a message with new times.",
  },
};

export function closingWords(closing: string, host: string): { readonly title: string; readonly text: string } {
  const { title, text } = CLOSING[closing] ?? CLOSING["ended"]!;
  return { title: tell(title, { host }), text: tell(text, { host }) };
}

export const RESCHEDULING: Record<string, string> = {
  searching: "Looking for times that suit everyone",
  proposed: "Times are out; waiting for answers",
  booked: "Booked",
  nothing_found: "No common time found. Please call them.",
  nothing_suits: "None of the times suited. Please call them.",
  expired: "Nobody answered in time. Please call them.",
};
