import type { Instant } from "../protocol";
import { download } from "./download";
import { as, call } from "./rest";

export const SECTIONS = ["triggers", "stressors", "coping", "boundaries", "warning_signs", "who_to_call"] as const;
export type Section = (typeof SECTIONS)[number];

export interface PlanPartner {
  readonly key: "a" | "b";
  readonly name: string;
  readonly me: boolean;
  readonly signed: number | null;
  readonly signed_at: Instant | null;
}

export interface Plan {
  readonly couple: string;
  readonly version: number;
  readonly at: Instant | null;
  readonly sections: Readonly<Record<Section, string>>;
  readonly partners: readonly PlanPartner[];
  readonly counts: boolean;
  readonly versions: readonly { readonly number: number; readonly at: Instant }[];
}

export interface Whose {
  readonly token: string;
  readonly couple?: string | undefined;
}

const path = ({ couple }: Whose, rest = "") => `/v1/relapse-plan${rest}${couple ? `?couple=${couple}` : ""}`;

export const plan = (whose: Whose) => call<Plan>(path(whose), as(whose.token));
export const version = (whose: Whose, number: number) =>
  call<{ readonly number: number; readonly sections: Plan["sections"] }>(path(whose, `/versions/${number}`), as(whose.token));
export const signPlan = (whose: Whose, number: number, name: string) =>
  call<Plan>(path(whose, "/signature"), { ...as(whose.token), method: "POST", body: JSON.stringify({ version: number, name }) });

export const planPdf = (whose: Whose) => download(whose.token, path(whose, "/pdf"), "plan.pdf");
