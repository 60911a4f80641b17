import type {
  Action, AttendanceClass, Clause, Focus, FollowUp, Kind, Link, MomentKind, OptionWhy, Outcome, PartnerState, Reason,
  SoloApproval, Status,
} from "../protocol";
import { type English, tell } from "./room";

// Words for every key of the policy and of the views. A key without words does not compile.

export const FOCUS: Record<Focus, string> = {
  relationship_issues: "the relationship",
  conflict_resolution: "resolving conflict",
  relapse_prevention_plan: "relapse prevention plan",
  trust_accountability: "trust and accountability",
  communication: "communication",
  coping_skills: "coping skills",
  substance_use_patterns: "patterns of use",
  intimacy: "intimacy",
  open: "open",
};

export const KIND: Record<Kind, string> = {
  couples: "Couples session",
  intake: "Intake",
  individual: "Individual session",
  group: "Group",
};

/** Who comes to help. */
export const ROLE: Readonly<Record<string, English>> = {
  interpreter: "interpreter",
  captioner: "captioner",
  support: "support person",
};

export const STATUS: Record<Status, string> = {
  planned: "planned",
  under_way: "under way",
  solo: "with one partner",
  ended: "ended",
  rescheduled: "to be rescheduled",
  cancelled: "cancelled",
};

export const ATTENDANCE: Record<AttendanceClass, string> = {
  required: "Both needed",
  encouraged: "Both encouraged",
  optional: "Both optional",
};

/** Focuses that need both partners, as the policy has them. */
export const JOINT_WORK: ReadonlySet<Focus> = new Set<Focus>(["relationship_issues", "conflict_resolution", "relapse_prevention_plan", "trust_accountability"]);

/** What a partner may give as a reason, in their own voice. */
export const REASON: Record<Reason, English> = {
  illness: "I’m not well",
  emergency: "Something urgent came up",
  scheduling_conflict: "The time doesn’t work for me",
  individual_work: "I need time on my own work first",
  space: "I need some space right now",
  recovery_stage: "I’m not ready for this at this point",
  other: "Something else",
};

/** The same, told to the therapist. */
export const REASON_TOLD: Record<Reason, string> = {
  illness: "not well",
  emergency: "something urgent",
  scheduling_conflict: "time doesn’t work",
  individual_work: "own work first",
  space: "needs space",
  recovery_stage: "not ready at this stage",
  other: "another reason",
};

export const STATE: Record<PartnerState, string> = {
  present: "here",
  expected: "no sign yet",
  declared_absent: "can’t come",
  attempted: "tried to join, something failed",
  dropped: "lost the connection",
  left: "left",
};

export const LINK: Record<Link, string> = {
  none: "not connected",
  ok: "connection fine",
  reconnecting: "reconnecting",
  lost: "connection lost",
};

export const OUTCOME: Record<Outcome, string> = {
  attended: "attended",
  no_show: "did not come",
  late_cancel: "cancelled late",
  excused: "excused",
  technical: "technical trouble",
  left_early: "left early",
  provider_cancelled: "we cancelled",
};

export const FOLLOW_UP: Record<FollowUp, string> = {
  find_substitute_host: "Someone to stand in for the therapist is being sought",
  make_up_individual_session: "Plan an individual session to make up for it",
  outreach_call: "Call to see how they are",
  re_engagement_plan: "Make a plan to bring them back in",
  reschedule_joint_session: "Find a new time for both",
  reschedule_session: "Find a new time",
  treatment_team_review: "Bring it to the treatment team",
};

export const APPROVAL: Record<SoloApproval, { readonly name: string; readonly more: string }> = {
  none: { name: "Not decided", more: "You’ll be asked if it matters." },
  granted: { name: "Yes, today", more: "For this session only." },
  standing: { name: "Yes, always", more: "Until you change it." },
  denied: { name: "No", more: "Nobody is seen alone." },
};

/** What the service does or did. */
export const ACTION: Record<Action, string> = {
  start: "Ready to start",
  continue: "Carry on",
  wait: "Wait",
  hold: "Clocks stopped",
  ask: "Asked you",
  proceed: "See one partner alone",
  reschedule: "Find a new time",
  end: "End the session",
  merge: "Join them",
  keep_solo: "Stay with one",
};

/** Said as what happens: "If you don’t answer by 3:15, Dyad …" */
export const DEFAULT: Record<Action, string> = {
  start: "starts the session",
  continue: "carries on",
  wait: "waits",
  hold: "stops the clocks",
  ask: "asks again",
  proceed: "goes on with one partner alone",
  reschedule: "finds a new time",
  end: "ends the session",
  merge: "joins them",
  keep_solo: "leaves things as they are",
};

export const OPTION_WHY: Record<OptionWhy, string> = {
  proceed_possible: "Both agreed to this. It becomes an individual session; a joint one follows.",
  proceed_drop_joint_work: "Possible if today’s focus is not joint work. You choose another one.",
  wait_a_little: "Give it five more minutes.",
  wait_running_late: "They said that they’re running late.",
  wait_time_asked: "More time was asked for.",
  wait_interpreter: "The interpreter may still come.",
  wait_trouble: "They tried. It looks like technical trouble.",
  reschedule_both_needed: "Today’s focus is joint work: it needs both.",
  reschedule_solo_not_open: "Seeing one partner alone isn’t agreed to or approved.",
  reschedule_no_interpreter: "Nobody is seen alone without the interpreter.",
  reschedule_soon: "Both get new times to choose from.",
  end_here: "What took place is kept on record.",
  merge_asks_first: "The partner you’re with is asked first, in private.",
  keep_solo_private: "The other is told kindly that a new time follows.",
};

/** Each clause of the policy in one line, for who asks why. */
export const CLAUSE: Record<Clause, string> = {
  A1: "While Dyad can’t see who is here, no clock runs against anybody.",
  A3: "Nobody misses anything because the therapist is late.",
  A4: "If the therapist’s connection is lost, everyone waits; what took place counts.",
  G1: "A group that is under way goes on.",
  G2: "A group waits for its time.",
  G3: "A group starts on time with whoever is here.",
  I1: "One client: short losses of connection are waited out, longer ones are yours to judge.",
  I2: "The client is here: the session can start.",
  I3: "The client can’t come: a new time is found.",
  I4: "Who tried and failed gets ten minutes more.",
  I5: "Until 15 minutes in, nobody counts as missing.",
  I6: "After 15 minutes without a sign, a new time is found.",
  J1: "Partners who are kept apart are never in one session together.",
  J2: "Both are here: the session can start.",
  J3: "Nobody is here yet, or both said they can’t come.",
  J4: "Who tried and failed gets ten minutes more.",
  J5: "Until ten minutes in, and while somebody is on the way, we wait.",
  J6: "Seeing one alone needs both partners’ agreement, and is never done at intake.",
  J7: "This session needs both, unless you approve otherwise.",
  J8: "Nobody is seen alone time after time without the team’s review.",
  J9: "The absence was announced, for a reason that is agreed to.",
  J10: "Attending together is optional here.",
  J11: "You have approved seeing one partner alone.",
  J12: "Both agreed to it, but you have not approved seeing one alone.",
  J13: "Nobody is seen alone without the interpreter they need.",
  M1: "Both are here: the session goes on.",
  M2: "A lost connection gets two minutes to come back.",
  M3: "Somebody has left or been gone for a while: how to go on is yours to judge.",
  S1: "Who comes late waits in private. Nobody is joined without the other’s yes.",
  S2: "One partner is being seen alone.",
};

/** What a clause is about; a programme may have clauses of its own. */
export function clauseWords(clause: string): string {
  return (CLAUSE as Readonly<Record<string, string>>)[clause] ?? "A rule of your programme’s own.";
}

/** The line of moments; `host` is the therapist's name. */
export const MOMENT: Record<MomentKind, (host: string) => string> = {
  due: () => tell("your session’s planned start"),
  arrived: () => tell("you arrived"),
  now_ready: (host) => tell("{host} will let you in", { host }),
  now_early: () => tell("you’re a little early"),
  now_waiting: () => tell("we’re waiting a little longer"),
  now_host_awaited: (host) => tell("{host} isn’t here yet", { host }),
  now_host_back_soon: (host) => tell("{host} lost the connection and will be back", { host }),
  now_paused: () => tell("a short pause on our side"),
  now_held: (host) => tell("{host} knows that you’re here", { host }),
  now_back_soon: () => tell("a connection was lost; we’re waiting a moment"),
  decides: (host) => tell("{host} decides how to go on", { host }),
  known: () => tell("at the latest, you’ll know"),
};

/** What reads differently once its time has come. */
export const MOMENT_DONE: Partial<Record<MomentKind, (host: string) => string>> = {
  decides: (host) => tell("from here on, {host} decides how to go on", { host }),
};

/** The quiet second line under what is going on now. */
export const MOMENT_MORE: Partial<Record<MomentKind, English>> = {
  now_ready: "You don’t need to do anything.",
  now_early: "You can just wait here. You don’t need to do anything.",
  now_waiting: "You don’t need to do anything.",
  now_host_awaited: "This isn’t down to you, and you miss nothing.",
  now_host_back_soon: "Please stay here. You miss nothing.",
  now_paused: "The clocks are stopped. You miss nothing.",
  now_held: "Thank you for coming. You don’t need to do anything.",
  now_back_soon: "You can stay just as you are.",
};
