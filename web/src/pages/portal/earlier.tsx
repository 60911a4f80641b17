import { answerOffer, type Coming, type Offer, wantEarlier } from "../../api/portal";
import { clockTime, day } from "../../words/times";
import type { Desk } from "./desk";

/** Tell me if something earlier opens up: for one’s own eyes, whatever the other asked. */
export function Earlier({ desk, one }: { readonly desk: Desk; readonly one: Coming }) {
  const { value: say } = desk.say;
  if (one.kind === "group" || one.open) return null;
  return (
    <label class="choice">
      <input
        type="checkbox"
        checked={one.asked_earlier}
        disabled={desk.busy.value}
        onChange={(event) => void desk.give(() => wantEarlier(desk.token, one.id, event.currentTarget.checked), say("kept"))}
      />
      <span>
        {say("earlier")}
        {one.asked_earlier && <small class="block">{say("earlier_asked")}</small>}
      </span>
    </label>
  );
}

/** Times that became free and are held for this client until they say yes or no. */
export function Offers({ desk }: { readonly desk: Desk }) {
  return (
    <>
      {desk.page.value.offers.map((one) => (
        <OfferCard key={`${one.session}${one.starts_at}`} desk={desk} one={one} />
      ))}
    </>
  );
}

function OfferCard({ desk, one }: { readonly desk: Desk; readonly one: Offer }) {
  const { value: say } = desk.say;
  const { zone } = desk.page.value;
  const when = (at: string) => say("day_at", { day: day(at, zone), time: clockTime(at, zone) });
  const send = (yes: boolean) => void desk.give(() => answerOffer(desk.token, one.session, one.starts_at, yes), say(yes ? "offer_yes_said" : "offer_no_said"));
  return (
    <section class="sheet waits col tight" aria-label={say("offer")}>
      <h2>{say("offer")}</h2>
      <p class="when">
        <strong>{day(one.starts_at, zone)}</strong>
        <span>{clockTime(one.starts_at, zone)}</span>
      </p>
      <p>
        {say(`kind_${one.kind}`, { name: one.with, host: one.host })}
        <small class="block">{one.instead_of ? say("offer_instead", { when: when(one.instead_of) }) : say("offer_new")}</small>
      </p>
      {one.answered === null ? (
        <>
          <p class="soft">{say("offer_until", { when: when(one.answer_by) })}</p>
          <button class="primary wide" type="button" disabled={desk.busy.value} onClick={() => send(true)}>
            {say("offer_yes")}
          </button>
          <button class="wide" type="button" disabled={desk.busy.value} onClick={() => send(false)}>
            {say(one.instead_of ? "offer_keep" : "offer_no")}
          </button>
        </>
      ) : (
        <p>{say("offer_yes_said")}</p>
      )}
    </section>
  );
}
