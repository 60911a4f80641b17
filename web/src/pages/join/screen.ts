import type { PartnerView } from "../../protocol";

/** Where a partner has gone by themselves on this page; the rest follows from the view. */
export type Step = "link" | "late" | "absence" | "check" | "left";
export type Screen = Step | "back" | "guest" | "waiting" | "held" | "room" | "closing" | "removed";

/** At the other partner's device, or in the therapist's office: this page only has to stay out of the way. */
export function countedElsewhere(view: PartnerView): boolean {
  return view.sharing === "guest" || view.sharing === "office";
}

/**
 * The one screen to show. `opened`: this page has been through the device check (or has passed it by), so its
 * camera and sound are known; without that a person who comes back to their place is asked first.
 */
export function screenOf(view: PartnerView, step: Step, opened: boolean): Screen {
  if (view.closing !== null) return "closing";
  if (view.place === "removed") return "removed";
  if (step === "left") return "left";
  if (countedElsewhere(view)) return step === "check" ? "check" : "guest";
  if (view.place === "outside") return step;
  if (step === "check" && !(opened && view.place === "room")) return "check";
  return opened ? view.place : "back";
}
