import type { Intake, Signer } from "../state/agenda";
import { as, call } from "./rest";

/** The first session’s agenda, as whoever holds the session sees it. */
export interface SeenAgenda {
  readonly intake: Intake;
  readonly intake_revision: number;
  readonly agreement: number;
  readonly partners: readonly Signer[];
}

export const agenda = (token: string) => call<SeenAgenda>("/v1/agenda", as(token));
export const keepAgenda = (token: string, intake: Intake, seen: number) =>
  call<SeenAgenda>("/v1/agenda", { ...as(token), method: "PUT", body: JSON.stringify({ intake, seen }) });
