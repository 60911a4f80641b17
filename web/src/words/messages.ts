import { capital, word } from "./word";

/** What a message was about, by the kind that the server names. */
const WHAT: Record<string, string> = {
  nudge: "Question whether they are coming",
  stand_in: "Notice of a stand-in",
  substitute_wanted: "Request to take over a session",
  review: "Note that a session is to be looked at",
  outreach: "Request to reach out",
  reply_unclear: "Answer to a reply",
  away_noted: "Answer to “I can’t come”",
  new_times: "Offer of new times",
  moved: "Notice of a moved session",
  booked: "Invitation with its calendar entry",
  cancelled: "Notice of a cancelled session",
  proposal_closed: "Notice that an offer has ended",
  Welcome: "Welcome, with the personal link",
  WeekMail: "The week’s sessions",
  Remind: "Reminder",
  OfferMail: "Offer of a freed time",
  CallHook: "Message to another system",
};

export function whatWas(kind: string): string {
  return WHAT[kind] ?? capital(word({}, kind));
}
