import type { Key, Kind, Proposed, Reason, Unplaced } from "../api/weeks";
import { names } from "./console";

export type Names = Readonly<Record<Key | "therapist", string>>;

export const KIND: Record<Kind, string> = {
  couples: "Together",
  intake: "First session together",
  individual: "On their own",
  group: "Group",
};

/** Several of a kind: 4 groups */
export const COUNTED: Record<Kind, (count: number) => string> = {
  couples: (count) => `Together, ${count} times`,
  intake: (count) => `First session together, ${count} times`,
  individual: (count) => `On their own, ${count} times`,
  group: (count) => `${count} groups`,
};

export const STATUS: Record<string, string> = {
  planned: "",
  under_way: "now",
  solo: "now, with one alone",
  ended: "held",
  rescheduled: "moved",
  cancelled: "cancelled",
};

const REASON: Record<string, (reason: Reason, who: Names) => string> = {
  everyone_free: () => "Suits everybody",
  own_week_for_missed: () => "Makes up for the one that was missed last week",
  day_of_its_own: () => "A day of its own",
  only_common_time: () => "The only time this week that suits everybody",
  two_days_after_joint: (reason) => `${reason.number ?? 2} days after the last one together`,
  middle_of_the_day: () => "Not early, not late for anybody",
  offered_group: (reason) => `${reason.number ?? 0} places left`,
};

const WHY: Record<string, string> = {
  made_up: "made up from last week",
  space: "instead of together: one of them needs space",
  extra_individual: "one more for a while",
  struggling: "one more while it’s hard",
  different_stage: "at their own stage",
  drift: "together again: they have been apart a lot",
  hours: "to reach the week’s hours",
};

const BECAUSE: Record<string, (one: Unplaced, who: Names) => string> = {
  no_common_hours: (one, who) => `${people(one.people, who)} ${one.people.length > 1 ? "have no hours in common" : "has no hours"} long enough for it.`,
  taken: (one, who) => `${people(one.people, who)} ${one.people.length > 1 ? "are" : "is"} busy at every time that would suit.`,
  day_full: (one, who) => `The days that are left are full for ${people(one.people, who)}.`,
  no_group_place: (one, who) => `No group has a place at a time that suits ${people(one.people, who)}.`,
  too_dear: () => "There is a time, but only by crowding a day. Add it below if you want it.",
};

export function people(keys: readonly (Key | "therapist")[], who: Names): string {
  return names([...keys].sort().map((key) => who[key]));
}

/** Why it is wanted, where it isn’t simply the phase’s plan. */
export function why(one: { readonly why: string }): string {
  return WHY[one.why] ?? "";
}

/** Why it is where it is, the weightiest reasons first, in one line. */
export function reasons(one: Proposed, who: Names): string {
  const order = ["own_week_for_missed", "only_common_time", "two_days_after_joint", "day_of_its_own", "offered_group", "middle_of_the_day", "everyone_free"];
  const said = [...one.reasons].sort((a, b) => order.indexOf(a.code) - order.indexOf(b.code));
  return said.flatMap((reason) => REASON[reason.code]?.(reason, who) ?? []).slice(0, 2).join(" · ");
}

export function because(one: Unplaced, who: Names): string {
  const said = BECAUSE[one.because]?.(one, who) ?? "";
  const asked = one.widen.filter((key) => key !== "therapist");
  if (one.widen.length === 0) return said;
  const help = asked.length > 0 ? `${asked.map((key) => who[key]).join(" or ")} offered more hours` : "you offered more hours";
  return `${said} It would fit if ${help}.`;
}

/** What is wanted more than once and lacks a time for the same reason, as one; groups of both partners, too. */
export function alike(all: readonly Unplaced[]): readonly { readonly one: Unplaced; readonly count: number }[] {
  const same = (parts: readonly unknown[]) => JSON.stringify(parts);
  const each = counted(all.map((one) => ({ one, count: 1 })), ({ one }) => same([one.kind, one.who, one.because, one.people, one.widen]));
  const both = new Map<string, { one: Unplaced; count: number }>();
  for (const { one, count } of each) {
    const alone = one.kind === "group" && same(one.people) === same(one.who) && one.widen.length === 0;
    const key = alone ? same(["group", one.because, count]) : same([one, count]);
    const other = both.get(key)?.one;
    both.set(key, { one: other ? { ...one, who: [...other.who, ...one.who], people: [...other.people, ...one.people] } : one, count });
  }
  return [...both.values()];
}

function counted<T extends { readonly count: number }>(all: readonly T[], key: (one: T) => string): T[] {
  const found = new Map<string, T>();
  for (const one of all) found.set(key(one), { ...one, count: (found.get(key(one))?.count ?? 0) + 1 });
  return [...found.values()];
}

export function drifted(solo: number, joint: number, name: string): string {
  return `${name}’s last three weeks: ${solo} minutes alone and ${joint} together. Look at whether more time together would help.`;
}
