import type { Action, CardView, PartnerRow, PartnerState, Status, TherapistView } from "../protocol";
import { isFine, verdictOf } from "../state/verdict";
import { REASON_TOLD, STATE } from "./policy";
import { city, clockTime } from "./times";
import { verdictTold } from "./verdict";

/** Alex; Alex and Robin; Alex, Robin and Kim */
export function names(list: readonly string[]): string {
  return [list.slice(0, -1).join(", "), ...list.slice(-1)].filter(Boolean).join(" and ");
}

/** Whether two partners are expected together. */
export function joint(view: TherapistView): boolean {
  return view.session.kind === "couples" || view.session.kind === "intake";
}

const MISSING: Record<PartnerState, (who: string) => string> = {
  present: (who) => `${who} is here`,
  expected: (who) => `${who} hasn’t come`,
  declared_absent: (who) => `${who} can’t come`,
  attempted: (who) => `${who} tried to join, but something failed`,
  dropped: (who) => `${who} lost the connection`,
  left: (who) => `${who} has left`,
};

/** What happened, in one sentence, for the head of the card. */
export function whatHappened(card: CardView, rows: readonly PartnerRow[]): string {
  if (card.clause === "S1") {
    const late = rows.find((row) => row.place === "held")?.name ?? "The other partner";
    return `${late} has come and waits in private.`;
  }
  if (card.clause === "J1") return `${names(rows.map((row) => row.name))} are kept apart.`;
  const absent = rows.filter((row) => card.absent.includes(row.name));
  if (absent.length === 0) return `${names(card.attending)} ${card.attending.length > 1 ? "are" : "is"} here.`;
  const interpreter = card.clause === "J13" ? " The interpreter isn’t here either." : "";
  return `${absent.map((row) => (row.evidence === "empty" ? `Nobody sits at ${row.name}’s device` : MISSING[row.state](row.name))).join("; ")}.${interpreter}`;
}

export function question(card: CardView): string {
  return card.clause === "S1" ? "May they be joined?" : "How do you want to go on?";
}

/** The name of an option, with who it is about. */
export function optionName(action: Action, card: CardView, rows: readonly PartnerRow[]): string {
  const inRoom = rows.find((row) => row.place === "room")?.name;
  const attending = names(card.attending);
  switch (action) {
    case "proceed":
      return `See ${attending} alone`;
    case "wait":
      return "Wait 5 more minutes";
    case "reschedule":
      return "Find a new time";
    case "end":
      return "End the session";
    case "merge":
      return inRoom ? `Ask ${inRoom}, then join them` : "Ask, then join them";
    case "keep_solo":
      return inRoom ? `Stay with ${inRoom} alone` : "Stay with one";
    default:
      return "Go on";
  }
}

/** What is about to be done, while it can be undone. */
export const DOING: Partial<Record<Action, string>> = {
  proceed: "Going on with one partner",
  reschedule: "Finding a new time",
  end: "Ending the session",
  merge: "Asking your partner in the room",
  wait: "Waiting",
  keep_solo: "Staying as you are",
};

const OVER: Partial<Record<Status, string>> = {
  ended: "The session has ended.",
  rescheduled: "This session will be held at a new time.",
  cancelled: "This session was cancelled.",
};

/** What Dyad is doing now, so that a therapist without a card knows that nothing is asked of them. */
export function standing(view: TherapistView): string {
  const zone = view.you.zone;
  const until = view.wait_until ? ` until ${clockTime(view.wait_until, zone)}` : "";
  const missing = view.partners.filter((row) => row.state !== "present" || row.evidence === "empty").map((row) => row.name);
  if (isOver(view)) return OVER[view.session.status] ?? "This session is over.";
  switch (view.stance?.action) {
    case "wait":
      return missing.length > 0 ? `Waiting for ${names(missing)}${until}.` : `Waiting${until}.`;
    case "hold":
      return "Dyad could not see for a while: all clocks are stopped.";
    case "start":
      return "Everyone is here. Let them in when you’re ready.";
    case "continue":
      return view.solo_started_at ? "One partner is being seen alone." : "The session is under way.";
    case "ask":
      return "Your answer is needed.";
    case "reschedule":
      return "A new time is being found.";
    case "end":
      return "The session has ended.";
    default:
      return "";
  }
}

/** Where somebody is and since when, in half a line. */
export function whereabouts(row: Pick<PartnerRow, "since" | "place" | "state" | "reason" | "link">, zone: string): string {
  const since = row.since ? ` since ${clockTime(row.since, zone)}` : "";
  const at = row.since ? ` at ${clockTime(row.since, zone)}` : "";
  if (row.place === "removed") return `removed${at}`;
  switch (row.state) {
    case "present":
      return row.place === "room" ? `in the room · here${since}` : row.place === "held" ? `waits in private${since}` : `waiting${since}`;
    case "declared_absent":
      return row.reason ? `said: ${REASON_TOLD[row.reason]}` : STATE.declared_absent;
    case "expected":
      return row.link === "ok" ? "has the page open" : STATE.expected;
    default:
      return `${STATE[row.state]}${at}`;
  }
}

/** How somebody's device check went, in a sentence; in the room, or when they are gone, only if something is wrong. */
export function checked(row: PartnerRow): string {
  if (!row.check || row.shares) return "";
  const verdict = verdictOf(row.check);
  const nothingWrong = isFine(verdict) || verdict === "looking" || verdict === "speak";
  const quiet = nothingWrong && (row.place === "room" || row.link !== "ok");
  return quiet ? "" : verdictTold(row.check, row.name);
}

export function place(row: PartnerRow): string {
  return city(row.zone);
}

export function isOver(view: TherapistView): boolean {
  return ["ended", "rescheduled", "cancelled"].includes(view.session.status);
}
