import type { Action, Instant } from "../protocol";

export interface Redeemed {
  readonly purpose: "session" | "proposal" | "team" | "policy" | "clinic" | "portal" | "answer";
  readonly role: "partner" | "client" | "therapist" | "team" | "administrator" | "interpreter" | "captioner" | "support";
  readonly session: string | null;
  readonly name: string;
  readonly language: "en" | "es";
  readonly speed: number;
}

export interface SessionRow {
  readonly id: string;
  readonly starts_at: Instant;
  readonly minutes: number;
  readonly kind: string;
  readonly title: string;
  readonly status: string;
  readonly note: string;
  readonly current: boolean;
}

/** Who holds a session, as its therapist or the substitute may know. */
export interface Hosting {
  readonly name: string;
  readonly zone: string;
  readonly hosting: boolean;
  readonly host: string;
  readonly host_here: boolean;
  readonly title: string;
  readonly kind: string;
  readonly starts_at: Instant;
  readonly minutes: number;
  readonly over: boolean;
}

export interface Step {
  readonly seq: number;
  readonly at: Instant;
  readonly what: string;
  readonly by: string | null;
  readonly action: Action | null;
  readonly clause: string | null;
  readonly because: string | null;
  readonly policy: string | null;
}

/** A part of a weekday (Monday is 0) on somebody’s own clock. */
export interface Wish {
  readonly weekday: number;
  readonly part: "morning" | "afternoon" | "evening";
}

export interface Proposal {
  readonly name: string;
  readonly language: "en" | "es";
  readonly zone: string;
  readonly minutes: number;
  readonly clinic_phone: string;
  readonly status: "open" | "answered" | "closed";
  readonly times: readonly { readonly id: number; readonly starts_at: Instant }[];
  readonly answer_by: Instant | null;
}

export interface ProposalAnswer {
  readonly status: "booked" | "none_suit" | "waiting";
  readonly starts_at: Instant | null;
}

export interface SentMessage {
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly ics: string | null;
  readonly ics_method: string | null;
  readonly links: readonly string[];
}

export interface Knot {
  readonly session: string;
  readonly starts_at: Instant;
  readonly kind: string;
  readonly focus: readonly string[];
  readonly marks: readonly string[];
  readonly reviewed: boolean;
}

export interface Review {
  readonly by: string;
  readonly at: Instant;
  readonly hinders: string;
  readonly measures: readonly string[];
  readonly note: string;
}

export interface ReviewItem {
  readonly session: string;
  readonly starts_at: Instant;
  readonly minutes: number;
  readonly kind: string;
  readonly focus: readonly string[];
  readonly names: readonly string[];
  readonly week: number;
  readonly reasons: readonly { readonly name: string; readonly what: string; readonly count: number }[];
  readonly knots: readonly Knot[];
  readonly reviews: readonly Review[];
}

export interface Reviews {
  readonly zone: string;
  readonly items: readonly ReviewItem[];
}

/** A message that was given up after its last try. `what` names its kind, `why` is the server's half sentence. */
export interface Undelivered {
  readonly id: string;
  readonly what: string;
  readonly to: string;
  readonly tries: number;
  readonly why: string;
}

/** A "no" of the server, or `unreachable`. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** The token of this page's link. It stays in the address bar and in memory, and is stored nowhere. */
export function linkToken(): string {
  return location.hash.slice(1);
}

export async function redeem(token: string): Promise<Redeemed> {
  return await call<Redeemed>("/v1/links/redeem", { method: "POST", body: JSON.stringify({ token }) });
}

export async function sessions(token: string): Promise<{ sessions: readonly SessionRow[]; zone: string }> {
  return await call("/v1/sessions", as(token));
}

export async function explain(token: string, id: string): Promise<{ policy: string | null; steps: readonly Step[] }> {
  return await call(`/v1/sessions/${encodeURIComponent(id)}/explain`, as(token));
}

export async function proposal(token: string): Promise<Proposal> {
  return await call("/v1/proposal", as(token));
}

export async function answerProposal(token: string, accept: readonly number[], wishes: readonly Wish[]): Promise<ProposalAnswer> {
  return await call("/v1/proposal/answer", { ...as(token), method: "POST", body: JSON.stringify({ accept, wishes }) });
}

export async function hosting(token: string): Promise<Hosting> {
  return await call("/v1/hosting", as(token));
}

export async function takeOver(token: string): Promise<Hosting> {
  return await call("/v1/hosting", { ...as(token), method: "POST", body: "{}" });
}

/** The page goes away meanwhile; `keepalive` lets this outlive it. */
export function leaveQuickly(token: string): void {
  void fetch("/v1/quick-exit", { ...as(token), method: "POST", keepalive: true, credentials: "omit" }).catch(() => undefined);
}

export async function sentMessages(token: string): Promise<{ messages: readonly SentMessage[] }> {
  return await call("/v1/demo/messages", as(token));
}

export async function reviews(token: string): Promise<Reviews> {
  return await call("/v1/reviews", as(token));
}

export async function undelivered(token: string): Promise<readonly Undelivered[]> {
  return (await call<{ messages: readonly Undelivered[] }>("/v1/undelivered", as(token))).messages;
}

/** Try it again, or take it off the list for good. */
export async function settleUndelivered(token: string, id: string, how: "replay" | "discard"): Promise<void> {
  await call(`/v1/undelivered/${encodeURIComponent(id)}/${how}`, { ...as(token), method: "POST", body: "{}" });
}

export async function assess(
  token: string,
  session: string,
  word: { hinders: string; measures: readonly string[]; note: string; seen: number },
): Promise<ReviewItem> {
  return await call(`/v1/reviews/${encodeURIComponent(session)}`, { ...as(token), method: "POST", body: JSON.stringify(word) });
}

export function as(token: string): RequestInit {
  return { headers: { Authorization: `Bearer ${token}` } };
}

export async function call<T>(path: string, init: RequestInit): Promise<T> {
  const headers = { "Content-Type": "application/json", ...(init.headers as Record<string, string> | undefined) };
  let response: Response;
  try {
    response = await fetch(path, { ...init, headers, cache: "no-store", credentials: "omit" });
  } catch {
    throw new Refused("unreachable", "We can’t reach Dyad right now. Please check your connection and try again.");
  }
  const body: unknown = await response.json().catch(() => ({}));
  if (response.ok) return body as T;
  const problem = body as { type?: string; detail?: string };
  const code = problem.type?.split(":").pop() ?? `http_${response.status}`;
  throw new Refused(code, problem.detail ?? "Something went wrong here. Please try again.");
}
