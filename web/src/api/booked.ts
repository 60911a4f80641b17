import type { Instant } from "../protocol";
import { as, call } from "./rest";
import { type Booked, sent, type Wanted } from "./weeks";

/** A weekly session as it would be booked. */
export interface Occurrence {
  readonly week: number;
  readonly starts_at: Instant;
  readonly taken: boolean;
}

const post = <T>(token: string, path: string, body: object) =>
  call<T>(`/v1/clinic/couples/${path}`, { ...as(token), method: "POST", body: JSON.stringify(body) });

export const lookAhead = (token: string, couple: string, week: number, session: Wanted, weeks: number) =>
  post<{ readonly sessions: readonly Occurrence[] }>(token, `${couple}/weeks/${week}/repeat/look`, { session: sent(session), weeks });

export const repeat = (token: string, couple: string, week: number, session: Wanted, weeks: number, without: readonly number[], seen: number) =>
  post<object>(token, `${couple}/weeks/${week}/repeat`, { session: sent(session), weeks, without, seen });

export const move = (token: string, couple: string, one: Booked, starts_at: Instant) =>
  post<object>(token, `${couple}/sessions/${one.id}/move`, { starts_at, seen: one.seen });

export const cancel = (token: string, couple: string, one: Booked) => post<object>(token, `${couple}/sessions/${one.id}/cancel`, { seen: one.seen });
