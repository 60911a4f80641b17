import type { ReviewItem } from "../api/rest";
import { KIND } from "./policy";
import { names } from "./console";
import { clockTime, shortDay } from "./times";
import { word } from "./word";

/** What a session was for one person, in half a line. Kind, and exact. */
export const MARK: Record<string, string> = {
  together: "together",
  alone: "seen alone",
  attended: "there",
  away: "couldn’t be there",
  excused: "couldn’t come, and said so",
  technical: "trouble with the connection",
  left_early: "left early",
  provider: "we had to cancel",
  came: "came; it wasn’t held",
  none: "not held",
  to_come: "to come",
};

export const HINDERS: Record<string, { readonly name: string; readonly more: string }> = {
  yes: { name: "Yes", more: "It holds them back." },
  no: { name: "No", more: "They’re on their way." },
  watch: { name: "Keep watching", more: "Too early to say." },
};

export const MEASURE: Record<string, { readonly name: string; readonly more: string }> = {
  plan_change: { name: "Change the plan", more: "Another time, focus or mix." },
  outreach: { name: "Reach out", more: "A call, to hear how they are." },
  re_engagement: { name: "Plan their way back", more: "Steps that bring them in again." },
  nothing: { name: "Nothing for now", more: "" },
};

const TIMES = ["", "one session", "two sessions", "three sessions", "four sessions"];

/** Why a session is looked at, as one would say it of somebody one wishes well. */
export function reasons(item: ReviewItem): string {
  const said = item.reasons.map(({ name, what, count }) => {
    const many = TIMES[count] ?? `${count} sessions`;
    if (what === "solo") return `${name} was seen alone in ${many}${count > 1 ? " in a row" : ""}.`;
    return `${name} couldn’t be there for ${many}${count > 1 ? " in a row" : ""}.`;
  });
  return said.join(" ") || "This session was brought to the team.";
}

export function whichSession(item: ReviewItem, zone: string): string {
  return `${word(KIND, item.kind)} · ${shortDay(item.starts_at, zone)}, ${clockTime(item.starts_at, zone)} · ${item.minutes} minutes`;
}

/** The picture in one sentence, for who can't see it. */
export function pictureSaid(item: Pick<ReviewItem, "names" | "knots">): string {
  const held = item.knots.filter((knot) => !knot.marks.includes("to_come"));
  const together = held.filter((knot) => knot.marks.every((mark) => mark === "together")).length;
  return `Attendance of ${names(item.names)}: together in ${together} of ${held.length} sessions.`;
}
