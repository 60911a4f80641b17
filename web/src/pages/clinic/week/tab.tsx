import { useEffect, useState } from "preact/hooks";
import type { Couple } from "../../../api/clinic";
import type { Choice } from "../../../api/hours";
import { accept, type Proposed, type Wanted, week as fetchWeek, type Week } from "../../../api/weeks";
import { Again, Busy } from "../../../ui/page";
import { alike, because, COUNTED, KIND, type Names, people } from "../../../words/week";
import type { Desk } from "../desk";
import { AddSession } from "./add";
import { Balance } from "./balance";
import { Days } from "./days";

/** A proposed session on the desk: as it stands after the team’s changes, and whether it is to be booked. */
export interface Draft extends Proposed {
  readonly id: string;
  readonly taken: boolean;
  readonly added: boolean;
}

export function WeekTab({ desk, couple }: { readonly desk: Desk; readonly couple: Couple }) {
  const [number, setShown] = useState(desk.weeks.get(couple.id) ?? Math.min(Math.max(couple.week, 1), couple.weeks));
  const setNumber = (chosen: number) => (desk.weeks.set(couple.id, chosen), setShown(chosen));
  const [week, setWeek] = useState<Week | null>(null);
  const [drafts, setDrafts] = useState<readonly Draft[]>([]);
  const show = (seen: Week) => {
    const chosen = chosenOf(seen, desk.chosen.value);
    desk.chosen.value = [];
    setWeek(seen);
    setDrafts(seen.proposed.map((one, n) => ({ ...one, id: `${n}`, taken: chosen.includes(one), added: false })));
  };
  const again = () => void desk.give(async () => show(await fetchWeek(desk.token, couple.id, number)), desk.said.value);
  useEffect(() => {
    setWeek(null);
    again();
  }, [number, couple.id]);
  const chosen = drafts.filter((one) => one.taken);
  const count = new Set(chosen.map((one) => one.group || one.id)).size;
  const send = (sessions: readonly Wanted[]) =>
    desk.give(async () => show(await accept(desk.token, couple.id, number, sessions, week?.seen ?? 0)), "Booked. Both get one message with their times.");
  if (!week || week.number !== number) return desk.trouble.value ? <Again onAgain={again} /> : <Busy words="Looking for times…" />;
  const who = namesOf(couple);
  return (
    <>
      <WeekHead week={week} onNumber={setNumber} />
      <Balance week={week} drafts={chosen} who={who} />
      <Days desk={desk} couple={couple.id} week={week} drafts={drafts} who={who} onDrafts={setDrafts} onChanged={again} />
      {week.unplaced.length > 0 && <NoTime week={week} who={who} />}
      <AddSession week={week} couple={couple} onAdd={(one) => setDrafts([...drafts, { ...one, id: `added-${drafts.length}`, taken: true, added: true }])} />
      {chosen.length > 0 && (
        <div class="sticky">
          <button class="primary big wide" type="button" disabled={desk.busy.value} onClick={() => void send(chosen)}>
            {count === 1 ? "Book this session" : `Book these ${count} sessions`}
          </button>
        </div>
      )}
    </>
  );
}

/** What found no time, and why: the same thing once, however often it is wanted. */
function NoTime({ week, who }: { readonly week: Week; readonly who: Names }) {
  const begun = Date.parse(week.since) < Date.parse(week.now);
  return (
    <section class="sheet col tight" aria-labelledby="unplaced">
      <h2 id="unplaced">{begun ? "Found no time in what is left of this week" : "Found no time"}</h2>
      <ul class="plain">
        {alike(week.unplaced).map(({ one, count }, n) => (
          <li key={n}>
            <strong>
              {count > 1 ? `${COUNTED[one.kind](count)}, ` : `${KIND[one.kind]}, `}
              {people(one.who, who)}
            </strong>
            <small class="block">{because(one, who)}</small>
          </li>
        ))}
      </ul>
    </section>
  );
}

function WeekHead({ week, onNumber }: { readonly week: Week; readonly onNumber: (number: number) => void }) {
  const monday = new Date(`${week.monday}T12:00:00Z`);
  const words = monday.toLocaleDateString("en-US", { timeZone: "UTC", month: "long", day: "numeric" }).replace(" ", "\u00a0");
  return (
    <div class="row weekhead">
      <button type="button" aria-label="The week before" disabled={week.number <= 1} onClick={() => onNumber(week.number - 1)}>
        ‹
      </button>
      <div class="grow">
        <h2>Week {week.number}, from {words}</h2>
        <small>{week.phase}</small>
      </div>
      <button type="button" aria-label="The week after" disabled={week.number >= week.weeks} onClick={() => onNumber(week.number + 1)}>
        ›
      </button>
    </div>
  );
}

/** Of the proposed sessions those that somebody came here for; all of them where nobody did, or they are not there any more. */
function chosenOf(week: Week, choices: readonly Choice[]): readonly Proposed[] {
  const same = (one: Proposed, choice: Choice) =>
    one.kind === choice.kind && one.group === choice.group && one.who.every((key) => choice.who.includes(key)) && Date.parse(one.starts_at) === Date.parse(choice.starts_at);
  const found = week.proposed.filter((one) => choices.some((choice) => same(one, choice)));
  return found.length > 0 ? found : week.proposed;
}

export function namesOf(couple: Couple): Names {
  const [a, b] = couple.partners;
  return { a: a?.name ?? "", b: b?.name ?? "", therapist: couple.therapist };
}
