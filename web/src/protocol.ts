// Written by web/scripts/generate_types.py from the server's models. Do not edit: run it again.

export const PROTOCOL_VERSION = 1;

/** An RFC 3339 instant. */
export type Instant = string;
export type CheckResult = "ok" | "failed" | "skipped";

export const KINDS = ["couples", "intake", "individual", "group"] as const;
export type Kind = (typeof KINDS)[number];

export const FOCUSES = ["relationship_issues", "conflict_resolution", "relapse_prevention_plan", "trust_accountability", "communication", "coping_skills", "substance_use_patterns", "intimacy", "open"] as const;
export type Focus = (typeof FOCUSES)[number];

export const ATTENDANCE_CLASSES = ["required", "encouraged", "optional"] as const;
export type AttendanceClass = (typeof ATTENDANCE_CLASSES)[number];

export const PARTNER_STATES = ["present", "expected", "declared_absent", "attempted", "dropped", "left"] as const;
export type PartnerState = (typeof PARTNER_STATES)[number];

export const THERAPIST_STATES = ["present", "expected", "dropped"] as const;
export type TherapistState = (typeof THERAPIST_STATES)[number];

export const REASONS = ["scheduling_conflict", "individual_work", "space", "recovery_stage", "illness", "emergency", "other"] as const;
export type Reason = (typeof REASONS)[number];

export const APPROVALS = ["none", "standing", "granted", "denied"] as const;
export type SoloApproval = (typeof APPROVALS)[number];

export const ACTIONS = ["start", "continue", "wait", "hold", "ask", "proceed", "reschedule", "end", "merge", "keep_solo"] as const;
export type Action = (typeof ACTIONS)[number];

export const OUTCOMES = ["attended", "no_show", "late_cancel", "excused", "technical", "left_early", "provider_cancelled"] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const FOLLOW_UPS = ["find_substitute_host", "make_up_individual_session", "outreach_call", "re_engagement_plan", "reschedule_joint_session", "reschedule_session", "treatment_team_review"] as const;
export type FollowUp = (typeof FOLLOW_UPS)[number];

export const PLACES = ["outside", "waiting", "held", "room", "removed"] as const;
export type Place = (typeof PLACES)[number];

export const STATUSES = ["planned", "under_way", "solo", "ended", "rescheduled", "cancelled"] as const;
export type Status = (typeof STATUSES)[number];

export const LINKS = ["none", "ok", "reconnecting", "lost"] as const;
export type Link = (typeof LINKS)[number];

export const EVIDENCES = ["attested", "picture", "sound", "connection", "unknown", "empty", "none"] as const;
export type Evidence = (typeof EVIDENCES)[number];

export const MOMENT_KINDS = ["due", "arrived", "now_ready", "now_early", "now_waiting", "now_host_awaited", "now_host_back_soon", "now_paused", "now_held", "now_back_soon", "decides", "known"] as const;
export type MomentKind = (typeof MOMENT_KINDS)[number];

export const MOMENT_STATES = ["done", "now", "next"] as const;
export type MomentState = (typeof MOMENT_STATES)[number];

export const OPTION_WHYS = ["proceed_possible", "proceed_drop_joint_work", "wait_a_little", "wait_running_late", "wait_time_asked", "wait_interpreter", "wait_trouble", "reschedule_both_needed", "reschedule_solo_not_open", "reschedule_no_interpreter", "reschedule_soon", "end_here", "merge_asks_first", "keep_solo_private"] as const;
export type OptionWhy = (typeof OPTION_WHYS)[number];

export const CLAUSES = ["A1", "A3", "A4", "G1", "G2", "G3", "I1", "I2", "I3", "I4", "I5", "I6", "J1", "J2", "J3", "J4", "J5", "J6", "J7", "J8", "J9", "J10", "J11", "J12", "J13", "M1", "M2", "M3", "S1", "S2"] as const;
export type Clause = (typeof CLAUSES)[number];

export interface Moment {
  readonly at: Instant;
  readonly kind: MomentKind;
  readonly state: MomentState;
}

export interface You {
  readonly key: string;
  readonly name: string;
  readonly role: string;
  readonly zone: string;
}

export interface SessionCard {
  readonly kind: Kind;
  readonly starts_at: Instant;
  readonly minutes: number;
  readonly extended: number;
  readonly status: Status;
  readonly clinic_name: string;
  readonly clinic_phone: string;
}

export interface Person {
  readonly key: string;
  readonly name: string;
  readonly role: string;
  readonly link: Link;
  readonly microphone: boolean;
  readonly camera: boolean;
}

export interface Host {
  readonly name: string;
  readonly state: TherapistState;
}

export interface Question {
  readonly id: string;
  readonly kind: string;
  readonly answer_by: Instant;
}

export interface AsideView {
  readonly since: Instant;
  readonly yours: boolean;
}

export interface PartnerView {
  readonly you: You;
  readonly session: SessionCard;
  readonly host: Host;
  readonly place: Place;
  readonly link: Link;
  readonly microphone: boolean;
  readonly camera: boolean;
  readonly arrived_at: Instant | null;
  readonly declared: Reason | null;
  readonly late_until: Instant | null;
  readonly told_where_at: Instant | null;
  readonly safety: string;
  readonly asked_for_time: boolean;
  readonly can_ask_for_time: boolean;
  readonly moments: readonly Moment[];
  readonly sharing: string;
  readonly question: Question | null;
  readonly aside: AsideView | null;
  readonly people: readonly Person[];
  readonly closing: string | null;
}

export interface Check {
  readonly camera: CheckResult;
  readonly microphone: CheckResult | "silent";
  readonly speaker: CheckResult;
  readonly connection: CheckResult | "relay";
}

export interface HelperRow {
  readonly key: string;
  readonly name: string;
  readonly role: string;
  readonly zone: string;
  readonly needed: boolean;
  readonly place: Place;
  readonly state: PartnerState;
  readonly since: Instant | null;
  readonly link: Link;
}

export interface PartnerRow {
  readonly key: string;
  readonly name: string;
  readonly zone: string;
  readonly place: Place;
  readonly state: PartnerState;
  readonly since: Instant | null;
  readonly link: Link;
  readonly microphone: boolean;
  readonly camera: boolean;
  readonly check: Check | null;
  readonly reason: Reason | null;
  readonly late_until: Instant | null;
  readonly confirmed_at: Instant | null;
  readonly told_where_at: Instant | null;
  readonly left_quickly: boolean;
  readonly help_at: Instant | null;
  readonly safety_asked: boolean;
  readonly safe: boolean | null;
  readonly unsettled: boolean;
  readonly asked_for_time: boolean;
  readonly nudges: number;
  readonly claims_both: boolean;
  readonly confirms_shared: boolean;
  readonly shares: string | null;
  readonly evidence: Evidence;
  readonly minutes: number;
  readonly solo_consent: boolean;
  readonly outcome: Outcome | null;
}

export interface Option {
  readonly action: Action;
  readonly why: OptionWhy;
}

export interface CardView {
  readonly id: string;
  readonly clause: string;
  readonly because: string;
  readonly policy: string;
  readonly absent: readonly string[];
  readonly attending: readonly string[];
  readonly options: readonly Option[];
  readonly recommended: Action;
  readonly default: Action;
  readonly raised_at: Instant;
  readonly answer_by: Instant;
  readonly pending: string | null;
  readonly focus_needed: boolean;
}

export interface Why {
  readonly at: Instant;
  readonly action: Action;
  readonly clause: string;
  readonly because: string;
}

export interface ProposedTime {
  readonly starts_at: Instant;
  readonly accepted_by: readonly string[];
}

export interface WishedTime {
  readonly name: string;
  readonly weekday: number;
  readonly part: string;
}

export interface RescheduleView {
  readonly status: string;
  readonly times: readonly ProposedTime[];
  readonly answered: readonly string[];
  readonly booked_at: Instant | null;
  readonly wished: readonly WishedTime[];
}

export interface AssessmentView {
  readonly at: Instant;
  readonly reason: string;
}

export interface TherapistView {
  readonly you: You;
  readonly session: SessionCard;
  readonly id: string;
  readonly focus: readonly Focus[];
  readonly attendance: AttendanceClass;
  readonly override: AttendanceClass | null;
  readonly started_at: Instant | null;
  readonly solo_started_at: Instant | null;
  readonly co_present_minutes: number;
  readonly partners: readonly PartnerRow[];
  readonly helpers: readonly HelperRow[];
  readonly aside: string | null;
  readonly people: readonly Person[];
  readonly ready: boolean;
  readonly approval: SoloApproval;
  readonly assessed: AssessmentView | null;
  readonly card: CardView | null;
  readonly stance: Why | null;
  readonly wait_until: Instant | null;
  readonly history: readonly Why[];
  readonly follow_ups: readonly FollowUp[];
  readonly rescheduling: RescheduleView | null;
  readonly policy: string;
}

/** What a page holds: the view, and the server's policy clock when it was sent. */
export type Sent<V> = V & { readonly role: string; readonly now: Instant; readonly speed: number };

/** Fields of each command beside `cmd_id`. */
export interface Commands {
  join: { v: 1; media?: boolean };
  refresh: Record<string, never>;
  report_check: { camera: "ok" | "failed" | "skipped"; microphone: "ok" | "silent" | "failed" | "skipped"; speaker: "ok" | "failed" | "skipped"; connection: "ok" | "relay" | "failed" | "skipped" };
  arrive: Record<string, never>;
  answer_media: { sdp: string };
  offer_media: { sdp: string };
  restart_media: Record<string, never>;
  announce_key: { key: string | null };
  send_keys: { boxes: Record<string, string> };
  set_devices: { microphone: boolean; camera: boolean };
  say: { to?: string | null; text?: string | null; boxes?: Record<string, string> | null };
  read_chat: { after?: number };
  raise_hand: { up: boolean };
  lower_hand: { participant: string };
  show_state: { away: boolean; sound_only: boolean; struggling?: boolean };
  share_screen: { on: boolean };
  allow_sharing: { on: boolean };
  stop_sharing: Record<string, never>;
  run_late: { minutes: number };
  declare_absence: { reason: "scheduling_conflict" | "individual_work" | "space" | "recovery_stage" | "illness" | "emergency" | "other" };
  withdraw_absence: Record<string, never>;
  ask_for_time: Record<string, never>;
  ask_for_help: Record<string, never>;
  answer_safety: { safe: boolean };
  hear_help: { participant: string };
  ask_safety: { participant: string };
  settle_safety: { participant: string };
  take_aside: { participant: string };
  end_aside: Record<string, never>;
  extend: { minutes: number };
  answer_merge: { question: string; yes: boolean };
  leave: Record<string, never>;
  share_device: Record<string, never>;
  confirm_shared_device: Record<string, never>;
  attest_shared_device: { participant: string; yes: boolean };
  attest_in_office: { participant: string; here: boolean };
  attest_presence: { participant: string; here: boolean };
  admit: { participant: string };
  admit_all: Record<string, never>;
  send_back: { participant: string };
  remove: { participant: string };
  answer_card: { card: string; option: "proceed" | "wait" | "reschedule" | "end" | "merge" | "keep_solo"; focus?: "communication" | "coping_skills" | "substance_use_patterns" | "intimacy" | "open" | null };
  approve_solo: { approval: "none" | "standing" | "granted" | "denied"; reason?: string };
  set_terms: { focus: ("relationship_issues" | "conflict_resolution" | "relapse_prevention_plan" | "trust_accountability" | "communication" | "coping_skills" | "substance_use_patterns" | "intimacy" | "open")[]; attendance?: "required" | "encouraged" | "optional" | null };
  correct_outcome: { participant: string; outcome: "attended" | "no_show" | "late_cancel" | "excused" | "technical" | "left_early" | "provider_cancelled" | null; reason: string };
  cancel_session: Record<string, never>;
  end_session: Record<string, never>;
}
