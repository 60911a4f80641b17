import type { Instant } from "../protocol";
import type { Targets } from "./clinic";
import { as, call } from "./rest";

export type Key = "a" | "b";
export type Kind = "couples" | "intake" | "individual" | "group";

export interface Reason {
  readonly code: string;
  readonly people: readonly (Key | "therapist")[];
  readonly number: number | null;
}

export interface Wanted {
  readonly kind: Kind;
  readonly who: readonly Key[];
  readonly starts_at: Instant;
  readonly minutes: number;
  readonly focus: string | null;
  readonly group: string;
}

export interface Proposed extends Wanted {
  readonly group_name: string | null;
  readonly why: string;
  readonly reasons: readonly Reason[];
}

export interface Booked {
  readonly id: string;
  readonly kind: Kind;
  readonly who: readonly Key[];
  readonly mine: boolean;
  readonly starts_at: Instant;
  readonly minutes: number;
  readonly standing: "booked" | "cancelled";
  readonly seen: number;
  readonly series: { readonly number: number; readonly count: number } | null;
  readonly status: string;
  readonly outcomes: Readonly<Partial<Record<Key, string>>>;
}

export interface Unplaced {
  readonly kind: Kind;
  readonly who: readonly Key[];
  readonly minutes: number;
  readonly why: string;
  readonly because: string;
  readonly people: readonly (Key | "therapist")[];
  readonly widen: readonly (Key | "therapist")[];
}

export interface GroupSession {
  readonly id: string;
  readonly name: string;
  readonly starts_at: Instant;
  readonly minutes: number;
  readonly places: number;
}

export interface Week {
  readonly number: number;
  readonly weeks: number;
  readonly phase: string;
  readonly phase_until: number;
  readonly monday: string;
  readonly now: Instant;
  readonly since: Instant;
  readonly to: Instant;
  readonly zone: string;
  readonly seen: number;
  readonly booked: readonly Booked[];
  readonly proposed: readonly Proposed[];
  readonly unplaced: readonly Unplaced[];
  readonly groups: readonly GroupSession[];
  readonly minutes: Readonly<Record<Key, Targets>>;
  readonly targets: Targets;
  readonly recent: Readonly<Record<Key, { readonly solo: number; readonly joint: number }>>;
  readonly drift: readonly { readonly who: Key; readonly solo: number; readonly joint: number }[];
}

const path = (couple: string, number: number) => `/v1/clinic/couples/${couple}/weeks/${number}`;

export const week = (token: string, couple: string, number: number) => call<Week>(path(couple, number), as(token));

export const accept = (token: string, couple: string, number: number, sessions: readonly Wanted[], seen: number) =>
  call<Week>(path(couple, number), { ...as(token), method: "POST", body: JSON.stringify({ sessions: sessions.map(sent), seen }) });

export const times = (token: string, couple: string, number: number, who: readonly Key[], minutes: number) =>
  call<{ readonly times: readonly Instant[] }>(`${path(couple, number)}/times?partners=${who.join("")}&minutes=${minutes}`, as(token));

export const open = (token: string, session: string) =>
  call<{ readonly token: string }>(`/v1/clinic/sessions/${session}/open`, { ...as(token), method: "POST", body: "{}" });

export function sent({ kind, who, starts_at, minutes, focus, group }: Wanted): object {
  return { kind, partners: who, starts_at, minutes, focus, group };
}
