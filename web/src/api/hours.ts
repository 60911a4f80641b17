import type { Instant, Outcome, Status } from "../protocol";
import type { Targets } from "./clinic";
import { download } from "./download";
import { as, call, type Knot } from "./rest";
import type { Key, Kind } from "./weeks";

/** Whole minutes. `solo` is the part of `individual` that was a session for two; `without` is in no total. */
export interface Minutes extends Targets {
  readonly solo: number;
  readonly without: number;
  readonly total: number;
}

export interface LedgerWeek {
  readonly number: number;
  readonly monday: string;
  readonly phase: string;
  readonly wanted: Targets;
  readonly partners: Readonly<Record<Key, Minutes>>;
}

export interface Forecast {
  readonly done: number;
  readonly planned: number;
  readonly short: number;
  readonly made_up_by: Readonly<Partial<Record<keyof Targets, number>>>;
  readonly left: number;
}

/** A proposed session, as far as it can be found again in its week. */
export interface Choice {
  readonly kind: Kind;
  readonly who: readonly Key[];
  readonly starts_at: Instant;
  readonly minutes: number;
  readonly group: string;
  readonly group_name: string | null;
}

export interface ThisWeek {
  readonly number: number;
  readonly to: Instant;
  readonly partners: Readonly<Record<Key, Forecast>>;
  readonly made_up_with: readonly Choice[];
}

export interface Hours {
  readonly zone: string;
  readonly least: number;
  readonly weeks: readonly LedgerWeek[];
  readonly this_week: ThisWeek | null;
  readonly knots: readonly Knot[];
}

export interface Correction {
  readonly who: Key;
  readonly at: Instant;
  readonly before: Outcome | null;
  readonly after: Outcome | null;
  readonly reason: string | null;
}

export interface ReportSession {
  readonly id: string;
  readonly starts_at: Instant;
  readonly minutes: number;
  readonly kind: Kind;
  readonly status: Status;
  readonly partners: Readonly<Partial<Record<Key, Minutes & { readonly outcome: Outcome | null }>>>;
  readonly corrections: readonly Correction[];
}

export interface Claim {
  readonly who: Key;
  readonly day: string;
  readonly code: string;
  readonly minutes: number;
  readonly sessions: readonly string[];
}

export interface Report {
  readonly first: string;
  readonly last: string;
  readonly zone: string;
  readonly made_at: Instant;
  readonly names: Readonly<Record<Key, string>>;
  readonly sessions: readonly ReportSession[];
  readonly totals: Readonly<Record<Key, Minutes>>;
  readonly claims: readonly Claim[];
}

export interface Period {
  readonly first: string;
  readonly last: string;
}

const path = (couple: string, what: string) => `/v1/clinic/couples/${couple}/${what}`;
const days = ({ first, last }: Period) => `?first=${encodeURIComponent(first)}&last=${encodeURIComponent(last)}`;

export const hours = (token: string, couple: string) => call<Hours>(path(couple, "hours"), as(token));
export const report = (token: string, couple: string, period: Period) => call<Report>(path(couple, `report${days(period)}`), as(token));
export const reportFile = (token: string, couple: string, { first, last }: Period, kind: "csv" | "pdf") =>
  download(token, path(couple, `report.${kind}${days({ first, last })}`), `attendance-${first}-${last}.${kind}`);
