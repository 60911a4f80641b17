import { as, call } from "./rest";

/** Where somebody is during a session, and whom to call; in their own words. */
export interface Whereabouts {
  readonly place: string;
  readonly contact: string;
  readonly phone: string;
}

export const tellWhereabouts = (token: string, where: Whereabouts) => call<object>("/v1/whereabouts", { ...as(token), method: "PUT", body: JSON.stringify(where) });

/** For who holds the session. */
export const whereabouts = (token: string) => call<{ readonly partners: Readonly<Record<string, Whereabouts>> }>("/v1/whereabouts", as(token));
