import type { DecisionTold, FactsTold } from "../api/policy";
import type { Action, Kind, PartnerState, Reason } from "../protocol";
import { DEFAULT, KIND, REASON_TOLD } from "./policy";

export interface Number_ {
  readonly label: string;
  readonly unit: "min" | "h" | "minutes" | "times";
}

/** Every number of a policy, as a question to whoever sets it. */
export const GROUPS: readonly { readonly name: string; readonly numbers: Readonly<Record<string, Number_>> }[] = [
  {
    name: "When a partner is missing, from the planned start on",
    numbers: {
      first_nudge: { label: "First reminder to them", unit: "min" },
      second_nudge: { label: "Second reminder", unit: "min" },
      card_after: { label: "The therapist is asked", unit: "min" },
      no_show_after: { label: "Nobody counts as missing before", unit: "min" },
      technical_extra: { label: "More time for who tried and failed", unit: "min" },
      wait_extension: { label: "“Wait a little” lasts", unit: "min" },
      answer_within: { label: "Time to answer in mid-session", unit: "min" },
    },
  },
  {
    name: "When a connection or the therapist is away",
    numbers: {
      reconnect_grace: { label: "A lost connection is waited for", unit: "min" },
      therapist_notice: { label: "A substitute is sought after", unit: "min" },
      therapist_no_show: { label: "We cancel, without a therapist, after", unit: "min" },
    },
  },
  {
    name: "What counts",
    numbers: {
      credit_minutes: { label: "Minutes together that count as attended", unit: "minutes" },
      excused_notice: { label: "Notice that excuses an absence", unit: "h" },
      review_after_misses: { label: "Misses in a row that reach the team", unit: "times" },
      reengage_after_misses: { label: "Misses in a row that need a way back", unit: "times" },
      solo_streak_limit: { label: "Solo sessions in a row before the team looks", unit: "times" },
    },
  },
];

export const UNIT: Record<Number_["unit"], string> = { min: "min", h: "hours", minutes: "min", times: "times" };

/** "10 min" as 10; "90 s" as 1.5 minutes; "2 h" as 120 minutes or 2 hours, whichever the field has. */
export function numberOf(value: string, unit: Number_["unit"]): number {
  const [amount, size] = [Number.parseFloat(value), value.replace(/^[\d.]+\s*/, "")];
  const minutes = size === "s" ? amount / 60 : size === "h" ? amount * 60 : amount;
  return unit === "min" ? minutes : unit === "h" ? minutes / 60 : amount;
}

/** The same, as it stands in a file. */
export function valueOf(number: number, unit: Number_["unit"]): string {
  if (unit === "min") return Number.isInteger(number) ? `${number} min` : `${Math.round(number * 60)} s`;
  return unit === "h" ? `${number} h` : `${number}`;
}

const IS: Record<PartnerState, string> = {
  present: "is here",
  expected: "hasn’t come",
  declared_absent: "said that they can’t come",
  attempted: "tried to join, and something failed",
  dropped: "lost the connection",
  left: "has left",
};

const APPROVAL: Record<string, string> = {
  granted: "The therapist approved seeing one alone today.",
  standing: "The therapist approves of seeing one alone.",
  denied: "The therapist does not approve of seeing one alone.",
};

/** An example of the facts, as one would tell it. */
export function factsSaid(facts: FactsTold): string {
  const { session } = facts;
  const minutes = Math.round((Date.parse(facts.now) - Date.parse(session.starts_at)) / 6_000) / 10;
  const when = minutes < 0 ? `${-minutes} min before its time` : `${minutes} min after its time`;
  const stage = session.solo_started_at ? ", one partner being seen alone" : session.started_at ? ", under way" : "";
  const said = [`${KIND[session.kind as Kind]}${session.attendance ? `, attendance ${session.attendance}` : ""}, ${when}${stage}.`];
  for (const [key, partner] of Object.entries(facts.partners)) {
    const more = [
      partner.reason ? REASON_TOLD[partner.reason as Reason] : "",
      partner.solo_consent ? "" : "no consent to solo sessions",
      partner.consecutive_misses ? `${partner.consecutive_misses} missed in a row` : "",
      partner.consecutive_solo ? `seen alone ${partner.consecutive_solo} times in a row` : "",
      partner.late_until ? "running late" : "",
    ].filter(Boolean);
    said.push(`Partner ${key.toUpperCase()} ${IS[partner.state as PartnerState]}${more.length ? ` (${more.join("; ")})` : ""}.`);
  }
  if (facts.therapist.state !== "present") said.push("The therapist isn’t there.");
  if (APPROVAL[facts.solo_approval]) said.push(APPROVAL[facts.solo_approval]!);
  if (facts.keep_apart) said.push("They are kept apart.");
  if (facts.interpreter_missing) said.push("The interpreter they need isn’t there.");
  if (facts.asked?.answer) said.push(`The therapist answered: ${OPTION[facts.asked.answer] ?? facts.asked.answer}.`);
  return said.join(" ");
}

const OPTION: Partial<Record<string, string>> = {
  proceed: "see one alone",
  wait: "wait",
  reschedule: "find a new time",
  end: "end it",
  merge: "join them",
  keep_solo: "stay with one",
};

export function decisionSaid(decision: DecisionTold): string {
  const { card } = decision;
  if (!card) return `Dyad ${DEFAULT[decision.action as Action]} (${decision.clause}).`;
  const options = card.options.map((option) => OPTION[option] ?? option).join(", ");
  return `The therapist is asked: ${options}? Unanswered, Dyad ${DEFAULT[card.default as Action]} (${decision.clause}).`;
}

/** What a year comes to, in the order in which it is told. */
export const YEAR: Readonly<Record<string, string>> = {
  together: "held with both",
  solo: "held with one alone",
  rescheduled: "given a new time",
  cards: "questions to the therapist",
  defaults: "questions nobody answered",
  misses: "misses counted",
  minutes_waited: "minutes waited by people",
};
