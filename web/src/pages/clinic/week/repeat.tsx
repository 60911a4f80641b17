import { useState } from "preact/hooks";
import { lookAhead, type Occurrence, repeat } from "../../../api/booked";
import type { Week } from "../../../api/weeks";
import { Select } from "../../../ui/fields";
import { clockTime, shortDay } from "../../../words/times";
import type { Desk } from "../desk";
import type { Draft } from "./tab";

interface Props {
  readonly desk: Desk;
  readonly couple: string;
  readonly week: Week;
  readonly one: Draft;
  readonly name: string;
  readonly onChanged: () => void;
}

/** The same session every week at the same time of the clinic’s clock: looked at week by week, booked all at once. */
export function Repeat({ desk, couple, week, one, name, onChanged }: Props) {
  const [weeks, setWeeks] = useState(0);
  const [seen, setSeen] = useState<readonly Occurrence[]>([]);
  const [without, setWithout] = useState<ReadonlySet<number>>(new Set());
  if (week.number >= week.weeks || one.kind === "intake") return null;
  const look = (count: number) =>
    void desk.give(async () => {
      const { sessions } = await lookAhead(desk.token, couple, week.number, one, count);
      setWeeks(count);
      setSeen(sessions);
      setWithout(new Set(sessions.filter((session) => session.taken).map((session) => session.week)));
    });
  if (weeks === 0) {
    return (
      <button class="small quiet repeat" type="button" disabled={desk.busy.value} aria-label={`Repeat weekly: ${name}`} onClick={() => look(defaultWeeks(week))}>
        Repeat weekly
      </button>
    );
  }
  const left = seen.filter((session) => !without.has(session.week)).length;
  const book = async () => {
    const done = await desk.give(() => repeat(desk.token, couple, week.number, one, weeks, [...without], week.seen), "Booked. Both get one message with their times.");
    if (done) onChanged();
  };
  const toggle = (number: number) => setWithout((before) => new Set(before.has(number) ? [...before].filter((one) => one !== number) : [...before, number]));
  return (
    <div class="others col wide-field" role="group" aria-label={`Repeat weekly: ${name}`}>
      <Select label="Repeat weekly until" value={`${weeks}`} options={choices(week)} onValue={(count) => look(Number(count))} />
      <ul class="plain">
        {seen.map((session) => (
          <li key={session.week}>
            <label class="choice">
              <input type="checkbox" disabled={session.taken} checked={!without.has(session.week)} onChange={() => toggle(session.week)} />
              <span>
                Week {session.week}: {shortDay(session.starts_at, week.zone)}, {clockTime(session.starts_at, week.zone)}
                {session.taken && <small>Somebody has something else then.</small>}
              </span>
            </label>
          </li>
        ))}
      </ul>
      <span class="row wrap">
        <button class="small primary" type="button" disabled={desk.busy.value || left === 0} onClick={() => void book()}>
          {left === 1 ? "Book this session" : `Book these ${left} sessions`}
        </button>
        <button class="small quiet" type="button" onClick={() => setWeeks(0)}>
          Not weekly
        </button>
      </span>
    </div>
  );
}

function defaultWeeks(week: Week): number {
  return Math.max(week.phase_until - week.number + 1, 2);
}

/** How many weeks, by the week that it ends with. */
function choices(week: Week): Record<string, string> {
  const rest = [...Array(week.weeks - week.number).keys()].map((n) => n + 2);
  return Object.fromEntries(rest.map((count) => [`${count}`, last(week, week.number + count - 1)]));
}

function last(week: Week, number: number): string {
  const end = number === week.weeks ? ", the last one" : number === week.phase_until ? `, the end of “${week.phase}”` : "";
  return `week ${number}${end}`;
}
