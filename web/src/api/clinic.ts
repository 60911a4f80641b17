import type { Instant } from "../protocol";
import type { Intake } from "../state/agenda";
import { as, call } from "./rest";

export interface Targets {
  readonly joint: number;
  readonly individual: number;
  readonly group: number;
}

export interface Phase {
  readonly name: string;
  readonly weeks: number;
  readonly targets: Targets;
}

export interface GroupTime {
  readonly name: string;
  readonly weekday: number;
  readonly start: string;
}

export interface Programme {
  readonly name: string;
  readonly clinic_name: string;
  readonly clinic_phone: string;
  readonly zone: string;
  readonly phases: readonly Phase[];
  readonly lengths: Targets;
  readonly groups: readonly GroupTime[];
  readonly earliest: string;
  readonly latest: string;
  readonly notice_hours: number;
}

export type Hours = readonly (readonly [number, string, string])[];

export interface NewPerson {
  readonly name: string;
  readonly email: string;
  readonly zone: string;
  readonly hours: Hours;
  readonly language: string;
}

export interface CoupleRow {
  readonly id: string;
  readonly names: readonly string[];
  readonly therapist: string;
  readonly week: number;
  readonly weeks: number;
  readonly phase: string;
  readonly next: Instant | null;
}

export interface Overview {
  readonly role: "administrator" | "team" | "therapist";
  readonly programme: Programme | null;
  readonly revision: number;
  readonly staff: readonly Staff[];
  readonly couples: readonly CoupleRow[];
}

export interface Standing {
  readonly stage: string;
  readonly progress: string;
  readonly needs: readonly string[];
  readonly note: string;
}

export interface Partner {
  readonly key: "a" | "b";
  readonly id: string;
  readonly name: string;
  readonly zone: string;
  readonly email: string;
  readonly revision: number;
  readonly client: {
    readonly place: string;
    readonly language: string;
    readonly safe_from: number;
    readonly safe_until: number;
    readonly solo_consent: boolean;
    readonly goals: readonly string[];
  };
  readonly licensed: boolean;
  readonly standing: Standing | null;
  readonly standing_revision: number;
  readonly signed: number | null;
  readonly signed_at: Instant | null;
}

export interface Couple {
  readonly id: string;
  readonly revision: number;
  readonly plan: {
    readonly starts_on: string;
    readonly attendance: string | null;
    readonly approval: string;
    readonly keep_apart: boolean;
    readonly goals: readonly string[];
    readonly coping: readonly string[];
  };
  readonly therapist: string;
  readonly week: number;
  readonly weeks: number;
  readonly phase: Phase;
  readonly clinic: Programme;
  readonly partners: readonly Partner[];
  readonly intake: Intake | null;
  readonly intake_revision: number;
  readonly agreement: number;
}

export interface Contact {
  readonly name: string;
  readonly email: string;
  readonly zone: string;
  readonly place: string;
  readonly language: string;
  readonly safe_from: number;
  readonly safe_until: number;
}

/** A therapist, as the clinic knows them. */
export interface Staff {
  readonly id: string;
  readonly name: string;
  readonly licences: readonly string[];
  readonly revision: number;
}

/** A note of the care team, in the couple’s file or in one partner’s own. */
export interface Note {
  readonly id: string;
  readonly day: string;
  readonly text: string;
  readonly revision: number;
  readonly at: Instant;
  readonly by: string;
}

export interface Agreement {
  readonly paragraphs: Readonly<Record<"en" | "es", readonly string[]>>;
  readonly version: number;
}

const post = (token: string, path: string, body: unknown, method = "POST") =>
  call<never>(`/v1/clinic${path}`, { ...as(token), method, body: JSON.stringify(body) });

export const overview = (token: string) => call<Overview>("/v1/clinic", as(token));
export const setProgramme = (token: string, programme: Programme, seen: number): Promise<{ programme: Programme; revision: number }> =>
  post(token, "/programme", { programme, seen }, "PUT");
export const addStaff = (token: string, person: NewPerson, licences: readonly string[]): Promise<{ id: string }> =>
  post(token, "/staff", { person, licences });
export const setLicences = (token: string, staff: Staff, licences: readonly string[]): Promise<object> =>
  post(token, `/staff/${staff.id}/licences`, { licences, seen: staff.revision }, "PUT");
export const addCouple = (token: string, couple: object): Promise<{ id: string }> => post(token, "/couples", couple);
export const couple = (token: string, id: string) => call<Couple>(`/v1/clinic/couples/${id}`, as(token));
export const change = (token: string, id: string, what: string, body: object): Promise<Couple> =>
  post(token, `/couples/${id}/${what}`, body, "PUT");
export const invite = (token: string, person: string): Promise<object> => post(token, `/people/${person}/invite`, {});

export const agreement = (token: string) => call<Agreement>("/v1/clinic/agreement", as(token));
export const setAgreement = (token: string, paragraphs: Agreement["paragraphs"], seen: number): Promise<{ version: number }> =>
  post(token, "/agreement", { agreement: { paragraphs }, seen }, "PUT");

const file = (couple: string, which: string, note = "") => `/v1/clinic/couples/${couple}/files/${which}${note && `/${note}`}`;

export const notes = (token: string, couple: string, which: string) => call<{ readonly notes: readonly Note[] }>(file(couple, which), as(token));
export const earlier = (token: string, couple: string, which: string, note: string) =>
  call<{ readonly versions: readonly Note[] }>(file(couple, which, note), as(token));
export const write = (token: string, couple: string, which: string, day: string, text: string, corrects?: Note) =>
  call<{ readonly notes: readonly Note[] }>(file(couple, which, corrects?.id), {
    ...as(token),
    method: corrects ? "PUT" : "POST",
    body: JSON.stringify(corrects ? { note: { day, text }, seen: corrects.revision } : { note: { day, text } }),
  });
