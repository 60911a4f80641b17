import type { Instant, Reason } from "../protocol";
import type { Language } from "../words/say";
import { as, call } from "./rest";

export interface AnswerPage {
  readonly language: Language;
  readonly zone: string;
  readonly starts_at: Instant;
  readonly minutes: number;
  readonly phone: string;
  readonly state: "open" | "begun" | "over";
  readonly said: "yes" | "late" | "cant" | null;
  readonly late_until: Instant | null;
  readonly opens_at: Instant;
  readonly open: boolean;
}

export interface Answer {
  readonly said: "yes" | "late" | "cant";
  readonly minutes?: number;
  readonly reason?: Reason;
}

const send = <T>(token: string, path: string, body: object) => call<T>(`/v1/answer${path}`, { ...as(token), method: "POST", body: JSON.stringify(body) });

export const asked = (token: string) => call<AnswerPage>("/v1/answer", as(token));
export const answer = (token: string, said: Answer) => send<AnswerPage>(token, "", said);
export const goIn = (token: string) => send<{ readonly token: string }>(token, "/join", {});
