import type { PartnerRow, TherapistView } from "../../protocol";
import { minutesLeft } from "../../words/clock";
import { isOver } from "../../words/console";
import type { Desk } from "./desk";

interface Props {
  readonly desk: Desk;
  readonly view: TherapistView;
}

/** A word with one alone. */
export function TakeAside({ desk, view, row }: Props & { readonly row: PartnerRow }) {
  const others = view.partners.some((other) => other.key !== row.key && other.place === "room");
  if (view.session.status !== "under_way" || row.place !== "room" || row.shares || !others || view.aside === row.key) return null;
  return (
    <button class="small" type="button" onClick={() => void desk.give("take_aside", { participant: row.key })}>
      Speak with {row.name} alone
    </button>
  );
}

export function Aside({ desk, view }: Props) {
  const row = view.partners.find((one) => one.key === view.aside);
  if (!row) return null;
  const waiting = view.partners.filter((one) => one.key !== row.key && one.place === "room").map((one) => one.name);
  return (
    <section class="sheet now" role="status">
      <h2>You’re with {row.name} alone.</h2>
      {waiting.length > 0 && (
        <p class="soft">
          {waiting.join(" and ")} {waiting.length > 1 ? "wait, each alone, and hear" : "waits and hears"} nothing of it.
        </p>
      )}
      <button class="wide primary" type="button" onClick={() => void desk.give("end_aside", {})}>
        {waiting.length === 1 ? "Back to both" : "Back to everybody"}
      </button>
    </section>
  );
}

/** Shortly before the end and after it: more time for everybody. The end itself is in the bar. */
export function MoreTime({ desk, view }: Props) {
  const begun = view.started_at !== null || view.solo_started_at !== null;
  const left = minutesLeft(view.session, desk.clock.now.value);
  if (!begun || isOver(view) || left > 5) return null;
  return (
    <section class="sheet now" role="status">
      <h2>{left > 0 ? "The session is nearly over." : "The session has reached its end."}</h2>
      <p class="soft">It goes on until you end it. Everybody sees the same clock.</p>
      <div class="row wrap">
        {[5, 10].map((minutes) => (
          <button key={minutes} class="grow" type="button" onClick={() => void desk.give("extend", { minutes })}>
            {minutes} more minutes
          </button>
        ))}
      </div>
    </section>
  );
}
