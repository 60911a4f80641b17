import type { Instant } from "../protocol";
import type { Hours } from "./clinic";
import { as, call } from "./rest";

export type Span = readonly [Instant, Instant];

export interface OwnCalendar {
  readonly id: string;
  readonly name: string;
  readonly host: string;
  readonly read_at: Instant;
  readonly until: Instant;
  readonly busy: number;
  readonly unread_since: Instant | null;
}

export interface Stay {
  readonly start: Instant;
  readonly end: Instant;
  readonly place: string;
}

/** When somebody can be booked, as they said it; a time without an offset is on their own clock. */
export interface OwnTimes {
  readonly zone: string;
  readonly hours: Hours;
  readonly away: readonly Span[];
  readonly extra: readonly Span[];
  readonly elsewhere: readonly Stay[];
  readonly calendars: readonly OwnCalendar[];
  readonly feed: { readonly since: Instant; readonly until: Instant } | null;
  readonly seen: string;
}

const send = <T = OwnTimes>(token: string, method: string, path: string, body: object = {}) =>
  call<T>(`/v1/own${path}`, { ...as(token), method, body: JSON.stringify(body) });

export const ownTimes = (token: string) => call<OwnTimes>("/v1/own/availability", as(token));
export const setHours = (token: string, zone: string, hours: Hours, seen: string) => send(token, "PUT", "/hours", { zone, hours, seen });
export const setExceptions = (token: string, away: readonly Span[], extra: readonly Span[], seen: string) => send(token, "PUT", "/exceptions", { away, extra, seen });
export const setStays = (token: string, elsewhere: readonly Stay[], seen: string) =>
  send(token, "PUT", "/stays", { elsewhere: elsewhere.map(({ start, end, place }) => [start, end, place]), seen });
export const addAddress = (token: string, name: string, address: string) => send(token, "POST", "/calendars/address", { name, address });
export const dropCalendar = (token: string, id: string) => send(token, "DELETE", `/calendars/${encodeURIComponent(id)}`);
export const renewFeed = (token: string) => send<OwnTimes & { readonly address: string }>(token, "POST", "/feed");
export const stopFeed = (token: string) => send(token, "DELETE", "/feed");

export const addFile = (token: string, name: string, file: Blob) =>
  call<OwnTimes>("/v1/own/calendars/file", {
    headers: { ...as(token).headers, "Content-Type": "text/calendar", "Calendar-Name": encodeURIComponent(name) },
    method: "POST",
    body: file,
  });
