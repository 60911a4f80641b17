import { tell } from "./room";

const MINUTE = 60_000;

interface Lasting {
  readonly starts_at: string;
  readonly minutes: number;
  readonly extended: number;
}

/** Whole minutes left of the session, what it was extended by included; below zero once it is over its time. */
export function minutesLeft(session: Lasting, now: number): number {
  return Math.ceil((Date.parse(session.starts_at) + (session.minutes + session.extended) * MINUTE - now) / MINUTE);
}

/** The session's clock in a few calm words; nothing before it begins. */
export function clockWords(session: Lasting, now: number): string {
  const left = minutesLeft(session, now);
  if (left > session.minutes + session.extended) return "";
  if (left > 0) return tell("{count} min left", { count: left });
  return left === 0 ? tell("at its end") : tell("{count} min over", { count: -left });
}
