import { useState } from "preact/hooks";
import { type OwnTimes, setHours } from "../../api/own";
import { city } from "../../words/times";
import { WeekHours } from "../hours";
import type { Own } from "./live";

export function OwnHours({ own, times }: { readonly own: Own; readonly times: OwnTimes }) {
  const { say } = own;
  const [hours, setDraft] = useState(times.hours);
  const changed = JSON.stringify(hours) !== JSON.stringify(times.hours);
  return (
    <form class="col tight" onSubmit={(event) => (event.preventDefault(), void own.give(() => setHours(own.token, times.zone, hours, times.seen)))}>
      <WeekHours legend={say("own_hours", { city: city(times.zone) })} hours={hours} onHours={setDraft} say={say} />
      {changed && (
        <button type="submit" disabled={own.busy.value}>
          {say("keep")}
        </button>
      )}
    </form>
  );
}
