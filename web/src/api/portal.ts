import type { Instant } from "../protocol";
import type { Language } from "../words/say";
import type { Targets } from "./clinic";
import { as, call } from "./rest";
import type { Kind } from "./weeks";

export interface Coming {
  readonly id: string;
  readonly kind: Kind;
  readonly with: string;
  readonly host: string;
  readonly starts_at: Instant;
  readonly minutes: number;
  readonly opens_at: Instant;
  readonly open: boolean;
  readonly away: boolean;
  readonly late_until: Instant | null;
  readonly asked_earlier: boolean;
}

/** A time that became free. `instead_of` is the time that the session has now, if any. */
export interface Offer {
  readonly session: string;
  readonly kind: Kind;
  readonly with: string;
  readonly host: string;
  readonly starts_at: Instant;
  readonly minutes: number;
  readonly instead_of: Instant | null;
  readonly answer_by: Instant;
  readonly answered: boolean | null;
}

export interface Mark {
  readonly starts_at: Instant;
  readonly together: boolean;
  readonly to_come: boolean;
}

export interface Own {
  readonly solo_consent: boolean;
  readonly safe_from: number;
  readonly safe_until: number;
  readonly language: Language;
  readonly goals: readonly string[];
}

/** How somebody wants to be reminded. */
export interface Wish {
  readonly channel: "mail" | "text" | "none";
  readonly number: string;
}

export interface PortalPage {
  readonly name: string;
  readonly language: Language;
  readonly zone: string;
  readonly clinic: { readonly name: string; readonly phone: string };
  readonly week: number;
  readonly weeks: number;
  readonly phase: string;
  readonly coming: readonly Coming[];
  readonly offers: readonly Offer[];
  readonly together: readonly Mark[];
  readonly kindness: { readonly code: "beginning" | "first" | "back" | "in_a_row" | "so_far"; readonly number: number };
  readonly minutes: Targets;
  readonly minutes_to_come: Targets;
  readonly sessions_to_come: Targets;
  readonly shared: { readonly goals: readonly string[]; readonly coping: readonly string[] };
  readonly agreement: { readonly paragraphs: readonly string[]; readonly version: number; readonly signed: boolean };
  readonly own: Own;
  readonly reminding: { readonly wish: Wish; readonly seen: number; readonly texts: boolean };
  readonly seen: number;
}

const send = <T>(token: string, path: string, body: object, method = "POST") => call<T>(`/v1/portal${path}`, { ...as(token), method, body: JSON.stringify(body) });

export const portal = (token: string) => call<PortalPage>("/v1/portal", as(token));
export const enter = (token: string, session: string) => send<{ readonly token: string }>(token, `/sessions/${session}/join`, {});
export const tell = (token: string, session: string, reason: string | null, late: number | null) => send<PortalPage>(token, `/sessions/${session}/word`, { reason, late });
export const wantEarlier = (token: string, session: string, wanted: boolean) => send<PortalPage>(token, `/sessions/${session}/earlier`, { wanted });
export const answerOffer = (token: string, session: string, starts_at: Instant, yes: boolean) => send<PortalPage>(token, `/sessions/${session}/offer`, { starts_at, yes });
export const sign = (token: string, version: number, name: string) => send<PortalPage>(token, "/agreement", { version, name });
export const keepWish = (token: string, wish: Wish, seen: number) => send<PortalPage>(token, "/reminders", { wish, seen }, "PUT");
export const keepOwn = (token: string, own: Own & { readonly zone: string }, seen: number) => {
  const { solo_consent, safe_from, safe_until, language, zone, goals } = own;
  return send<PortalPage>(token, "/own", { own: { solo_consent, safe_from, safe_until, language, zone, goals }, seen }, "PUT");
};
