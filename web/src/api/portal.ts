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

export interface PortalPage {
  readonly name: string;
  readonly language: Language;
  readonly zone: string;
  readonly clinic: { readonly name: string; readonly phone: string };
  readonly week: number;
  readonly weeks: number;
  readonly phase: string;
  readonly coming: readonly Coming[];
  readonly together: readonly Mark[];
  readonly kindness: { readonly code: "beginning" | "first" | "back" | "in_a_row" | "so_far"; readonly number: number };
  readonly minutes: Targets;
  readonly shared: { readonly goals: readonly string[]; readonly coping: readonly string[] };
  readonly agreement: { readonly paragraphs: readonly string[]; readonly version: number; readonly signed: boolean };
  readonly own: Own;
  readonly seen: number;
}

const send = <T>(token: string, path: string, body: object, method = "POST") => call<T>(`/v1/portal${path}`, { ...as(token), method, body: JSON.stringify(body) });

export const portal = (token: string) => call<PortalPage>("/v1/portal", as(token));
export const enter = (token: string, session: string) => send<{ readonly token: string }>(token, `/sessions/${session}/join`, {});
export const tell = (token: string, session: string, reason: string | null, late: number | null) => send<PortalPage>(token, `/sessions/${session}/word`, { reason, late });
export const sign = (token: string, version: number, name: string) => send<PortalPage>(token, "/agreement", { version, name });
export const keepOwn = (token: string, own: Own, seen: number) => {
  const { solo_consent, safe_from, safe_until, language, goals } = own;
  return send<PortalPage>(token, "/own", { own: { solo_consent, safe_from, safe_until, language, goals }, seen }, "PUT");
};
