import { useState } from "preact/hooks";
import type { RescheduleView, SoloApproval, TherapistView } from "../../protocol";
import { APPROVALS } from "../../protocol";
import { Decided } from "../../ui/steps";
import { names } from "../../words/console";
import { RESCHEDULING } from "../../words/people";
import { ACTION, APPROVAL, FOLLOW_UP } from "../../words/policy";
import { clockTime, shortDay, WEEKDAYS } from "../../words/times";
import { word } from "../../words/word";
import type { Desk } from "./desk";

interface Props {
  readonly desk: Desk;
  readonly view: TherapistView;
}

/** The therapist's own assessment, before anyone is seen alone. */
export function Approval({ desk, view }: Props) {
  const [reason, setReason] = useState(view.assessed?.reason ?? "");
  const agreed = view.partners.filter((row) => row.solo_consent).map((row) => row.name);
  const consent =
    agreed.length === view.partners.length ? `${names(agreed)} have agreed to it.` : agreed.length === 0 ? "Neither partner has agreed to it." : `Only ${names(agreed)} has agreed to it, so it isn’t possible.`;
  return (
    <section class="sheet">
      <fieldset class="approval">
        <legend>
          <h2>May one partner be seen alone?</h2>
        </legend>
        <p>
          <small>{consent}</small>
        </p>
        {view.assessed && (
          <p role="status">
            <small>
              Said at {clockTime(view.assessed.at, view.you.zone)}
              {view.assessed.reason ? `: ${view.assessed.reason}` : "."}
            </small>
          </p>
        )}
        {!view.assessed && view.approval === "standing" && (
          <p>
            <small>Carried over from an earlier session.</small>
          </p>
        )}
        <label class="col tight">
          <small>Why, to be kept with your choice (may stay empty)</small>
          <input type="text" maxLength={200} value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
        </label>
        <div class="approvals">
          {APPROVALS.map((approval: SoloApproval) => (
            <label key={approval} class="choice">
              <input
                type="radio"
                name="approval"
                checked={view.approval === approval}
                onChange={() => void desk.give("approve_solo", { approval, reason: reason.trim() })}
              />
              <span>
                <strong>{APPROVAL[approval].name}</strong>
                <small>{APPROVAL[approval].more}</small>
              </span>
            </label>
          ))}
        </div>
      </fieldset>
    </section>
  );
}

export function Rescheduling({ view, times }: { readonly view: TherapistView; readonly times: RescheduleView }) {
  const zone = view.you.zone;
  return (
    <section class="sheet" aria-labelledby="new-time">
      <h2 id="new-time">A new time</h2>
      <p role="status">
        {times.booked_at
          ? `Booked: ${shortDay(times.booked_at, zone)}, ${clockTime(times.booked_at, zone)}.`
          : `${word(RESCHEDULING, times.status)}.`}
      </p>
      {times.status === "proposed" && (
        <ul class="plain">
          {times.times.map((time) => (
            <li key={time.starts_at} class="row">
              <span class="grow">
                {shortDay(time.starts_at, zone)}, {clockTime(time.starts_at, zone)}
              </span>
              <small>{time.accepted_by.length > 0 ? `suits ${names(time.accepted_by)}` : "no answer yet"}</small>
            </li>
          ))}
        </ul>
      )}
      {times.wished.length > 0 && (
        <p>
          <small>Would suit: {times.wished.map((one) => `${one.name} ${WEEKDAYS[one.weekday]} ${one.part}`).join(", ")}</small>
        </p>
      )}
      {times.answered.length > 0 && times.status === "proposed" && (
        <p>
          <small>Answered: {names(times.answered)}</small>
        </p>
      )}
    </section>
  );
}

export function FollowUps({ view }: { readonly view: TherapistView }) {
  if (view.follow_ups.length === 0) return null;
  return (
    <section class="sheet" aria-labelledby="follow">
      <h2 id="follow">What follows</h2>
      <ul class="plain">
        {view.follow_ups.map((follow) => (
          <li key={follow}>{FOLLOW_UP[follow]}</li>
        ))}
      </ul>
    </section>
  );
}

export function History({ view }: { readonly view: TherapistView }) {
  return (
    <section class="sheet">
      <details>
        <summary>What Dyad decided, and why</summary>
        <ol class="steps">
          {[...view.history].reverse().map((why) => (
            <Decided key={`${why.at}${why.clause}${why.action}`} at={why.at} zone={view.you.zone} what={ACTION[why.action]} because={why.because} clause={why.clause} policy={view.policy} />
          ))}
        </ol>
      </details>
    </section>
  );
}
