import type { Instant } from "../protocol";
import { as, call } from "./rest";

export interface PolicyTold {
  readonly policy: string;
  readonly fingerprint: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly defaults: Readonly<Record<string, string>>;
  readonly clauses: readonly { readonly id: string; readonly before: string; readonly action: string; readonly because: string }[];
}

export interface InForce extends PolicyTold {
  readonly text: string;
  readonly versions: readonly { readonly policy: string; readonly fingerprint: string; readonly at: Instant }[];
}

export interface Fault {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export type Checked = { readonly faults: readonly Fault[] } & Partial<PolicyTold>;

export interface FactsTold {
  readonly now: Instant;
  readonly session: { readonly kind: string; readonly attendance: string | null; readonly starts_at: Instant; readonly started_at: Instant | null; readonly solo_started_at: Instant | null };
  readonly therapist: { readonly state: string };
  readonly partners: Readonly<Record<string, { readonly state: string; readonly reason: string | null; readonly late_until: Instant | null; readonly solo_consent: boolean; readonly consecutive_misses: number; readonly consecutive_solo: number }>>;
  readonly solo_approval: string;
  readonly keep_apart: boolean;
  readonly interpreter_missing?: boolean;
  readonly asked: { readonly answer: string | null } | null;
}

export interface DecisionTold {
  readonly action: string;
  readonly clause: string;
  readonly card: { readonly options: readonly string[]; readonly default: string } | null;
}

export interface Proof {
  readonly proven: boolean;
  readonly claims: number;
  readonly broken: readonly { readonly claim: string; readonly says: string; readonly facts: FactsTold | null; readonly decision: DecisionTold | null }[];
}

export interface Differences {
  readonly differences: readonly { readonly facts: FactsTold; readonly before: DecisionTold; readonly after: DecisionTold }[];
}

export type YearTold = Readonly<Record<string, number | string>>;

export interface Year {
  readonly before: YearTold;
  readonly after: YearTold;
}

export async function inForce(token: string): Promise<InForce> {
  return await call("/v1/policy", as(token));
}

/** `what` is check, prove, differences or year. */
export async function ask<T>(token: string, what: string, text: string, signal?: AbortSignal): Promise<T> {
  return await call(`/v1/policy/${what}`, { ...as(token), method: "POST", body: JSON.stringify({ text }), ...(signal && { signal }) });
}

export async function adopt(token: string, text: string, seen: string): Promise<InForce> {
  return await call("/v1/policy/adopt", { ...as(token), method: "POST", body: JSON.stringify({ text, seen }) });
}
