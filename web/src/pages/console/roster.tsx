import { useState } from "preact/hooks";
import type { PartnerRow, TherapistView } from "../../protocol";
import { Dialog } from "../../ui/dialog";
import { isFine, verdictOf } from "../../state/verdict";
import { checked, isOver, place, whereabouts } from "../../words/console";
import { LINK, OUTCOME } from "../../words/policy";
import { clockTime } from "../../words/times";
import { Correct } from "./correct";
import { Nobody, Presence } from "./presence";
import type { Desk } from "./desk";
import { TakeAside } from "./aside";
import { AskSafe, saidOfSafety } from "./signs";
import { Where } from "./where";

interface Props {
  readonly desk: Desk;
  readonly view: TherapistView;
}

/** Who was expected, and where each is. */
export function Roster({ desk, view }: Props) {
  const waiting = isOver(view) ? [] : view.partners.filter((row) => row.place === "waiting" && row.state === "present" && !row.shares);
  const company = isOver(view) ? [] : view.helpers.filter((row) => row.place === "waiting" && row.state === "present");
  return (
    <section class="sheet roster" aria-labelledby="roster">
      <h2 class="unseen" id="roster">
        Who is here
      </h2>
      <ul aria-live="polite" aria-relevant="text">
        {view.partners.map((row) => (
          <Row key={row.key} desk={desk} view={view} row={row} />
        ))}
      </ul>
      {waiting.length + company.length > 1 && (
        <button class="wide primary" type="button" onClick={() => void desk.give("admit_all", {})}>
          {!view.ready ? "Let all in" : waiting.length === 2 && company.length === 0 ? "Let both in and start" : "Let all in and start"}
        </button>
      )}
    </section>
  );
}

/** What to expect of their devices, which they read too. */
function Checked({ row }: { readonly row: PartnerRow }) {
  const fine = row.check !== null && isFine(verdictOf(row.check));
  return <p class={fine ? "checked" : "checked do"}>{checked(row)}</p>;
}

function Row({ desk, view, row }: Props & { readonly row: PartnerRow }) {
  const [removing, setRemoving] = useState(false);
  const zone = view.you.zone;
  const here = !isOver(view) && row.state === "present" && row.place !== "removed";
  const canCome = here && !row.shares && (row.place === "waiting" || (row.place === "held" && !view.solo_started_at));
  const many = view.partners.filter((other) => other.place === "waiting" && other.state === "present").length > 1;
  const host = view.partners.find((other) => other.key === row.shares);
  const more = [place(row), host ? `at ${host.name}’s device` : row.shares === "therapist" ? "in your office" : "", row.claims_both ? "says both are here" : "", row.confirms_shared ? "says they’re at their partner’s device" : "", row.minutes > 0 ? `${row.minutes} min attended` : "", desk.talk.room.value.struggling.includes(row.key) ? "connection poor: sound may break up" : "", saidOfSafety(row), here && !row.told_where_at ? "hasn’t said where they are" : "", row.nudges > 0 && !here ? `${row.nudges === 1 ? "one reminder" : `${row.nudges} reminders`} sent` : "", here && row.link !== "ok" ? LINK[row.link] : "", row.solo_consent ? "" : "hasn’t agreed to being seen alone"].filter(Boolean);
  return (
    <li class="seat" data-partner={row.key} data-state={row.state} data-place={row.place}>
      <div class="row">
        <span class={isOver(view) ? "dot out" : dot(row)} aria-hidden="true" />
        <div class="grow">
          <strong>{row.name}</strong> <Chips row={row} view={view} />
          <br />
          <small>{[isOver(view) ? "" : whereabouts(row, zone), ...more].filter(Boolean).join(" · ")}</small>
          {!isOver(view) && checked(row) && <Checked row={row} />}
        </div>
      </div>
      {!isOver(view) && <Attest desk={desk} view={view} row={row} />}
      {!isOver(view) && <Presence desk={desk} view={view} row={row} />}
      {here && (
        <div class="seat-do">
          {canCome && (
            <button class={many ? "small" : "small primary"} type="button" onClick={() => void desk.give("admit", { participant: row.key })}>
              Let {row.name} in
            </button>
          )}
          {row.place === "room" && !row.shares && (
            <button class="small" type="button" onClick={() => void desk.give("send_back", { participant: row.key })}>
              Back to waiting
            </button>
          )}
          <TakeAside desk={desk} view={view} row={row} />
          <AskSafe desk={desk} row={row} />
          <Where desk={desk} row={row} zone={zone} />
          <Nobody desk={desk} view={view} row={row} />
          {here && (
            <button class="small quiet rose" type="button" onClick={() => setRemoving(true)}>
              Remove
            </button>
          )}
        </div>
      )}
      {isOver(view) && <Correct desk={desk} view={view} row={row} />}
      {removing && (
        <Dialog title={`Remove ${row.name}?`} onClose={() => setRemoving(false)}>
          <p class="soft">Their sound and picture end first. Their link to this session stops working.</p>
          <div class="col tight">
            <button class="wide" type="button" onClick={() => setRemoving(false)}>
              Keep {row.name} here
            </button>
            <button
              class="wide rose"
              type="button"
              onClick={() => {
                setRemoving(false);
                void desk.give("remove", { participant: row.key });
              }}
            >
              Remove {row.name}
            </button>
          </div>
        </Dialog>
      )}
    </li>
  );
}

/** One device for two, once both have said so: what the therapist sees decides. */
function Attest({ desk, view, row }: Props & { readonly row: PartnerRow }) {
  const host = view.partners.find((other) => other.key !== row.key && other.claims_both);
  if (!host || !row.confirms_shared || host.state !== "present") return null;
  const say = (yes: boolean) => void desk.give("attest_shared_device", { participant: row.key, yes });
  return (
    <div class="seat-do" role="group" aria-label={`${host.name} and ${row.name} at one device`}>
      <p>
        Both say that they share {host.name}’s device. {host.place === "room" ? "Do you see them both?" : `Let ${host.name} in to see.`}
      </p>
      {host.place === "room" && (
        <>
          <button class="small primary" type="button" onClick={() => say(true)}>
            Yes, I see both
          </button>
          <button class="small" type="button" onClick={() => say(false)}>
            No
          </button>
        </>
      )}
    </div>
  );
}

function dot(row: PartnerRow): string {
  if (row.state === "present") return row.link === "ok" && row.evidence !== "empty" ? "dot" : "dot amber";
  return row.state === "attempted" || row.state === "dropped" ? "dot amber" : "dot out";
}

function Chips({ row, view }: { readonly row: PartnerRow; readonly view: TherapistView }) {
  const zone = view.you.zone;
  const away = row.state !== "present";
  return (
    <>
      {row.outcome && (away || isOver(view)) && <span class={row.outcome === "attended" ? "chip" : "chip amber"}>{OUTCOME[row.outcome]}</span>}{" "}
      {row.state === "expected" && row.confirmed_at && !isOver(view) && <span class="chip">said they’ll be there</span>}{" "}
      {away && row.late_until && <span class="chip amber">late, about {clockTime(row.late_until, zone)}</span>}{" "}
      {row.asked_for_time && <span class="chip amber">asks for more time</span>}
    </>
  );
}
