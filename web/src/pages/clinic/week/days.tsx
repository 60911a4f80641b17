import type { Booked, Week } from "../../../api/weeks";
import { open } from "../../../api/weeks";
import { clockTime, day, shortDay } from "../../../words/times";
import { KIND, type Names, people, reasons, STATUS, why } from "../../../words/week";
import type { Desk } from "../desk";
import { Another } from "./another";
import { Change } from "./change";
import { Repeat } from "./repeat";
import type { Draft } from "./tab";

interface Props {
  readonly desk: Desk;
  readonly couple: string;
  readonly week: Week;
  readonly drafts: readonly Draft[];
  readonly who: Names;
  readonly onDrafts: (drafts: readonly Draft[]) => void;
  readonly onChanged: () => void;
}

type Row = { readonly at: string; readonly booked: Booked } | { readonly at: string; readonly drafts: readonly Draft[] };

/** The week day by day: what is booked, and what is proposed beside it. */
export function Days(props: Props) {
  const { week } = props;
  const rows = rowsOf(week, props.drafts);
  const days = [...new Set(rows.map((row) => shortDay(row.at, week.zone)))];
  if (rows.length === 0) return <p class="sheet soft">Nothing is planned, and nothing more can be proposed for this week.</p>;
  return (
    <div class="col">
      {days.map((one) => {
        const theirs = rows.filter((row) => shortDay(row.at, week.zone) === one);
        return (
          <section key={one} class="list" aria-label={day(theirs[0]?.at ?? week.since, week.zone)}>
            <h3 class="dayhead">{day(theirs[0]?.at ?? week.since, week.zone)}</h3>
            <ul class="sessions">
              {theirs.map((row) => ("booked" in row ? <BookedRow key={row.booked.id} {...props} one={row.booked} /> : <DraftRow key={row.drafts[0]?.id} {...props} some={row.drafts} />))}
            </ul>
          </section>
        );
      })}
    </div>
  );
}

function BookedRow(props: Props & { readonly one: Booked }) {
  const { desk, one, week, who } = props;
  const changing = { desk, couple: props.couple, week, onChanged: props.onChanged };
  const enter = () =>
    void desk.give(async () => {
      const { token } = await open(desk.token, one.id);
      window.open(`/console#${token}`, "_blank", "noopener");
    });
  const live = one.standing === "booked" && ["planned", "under_way", "solo"].includes(one.status);
  const state = one.standing === "cancelled" && one.status !== "rescheduled" ? "cancelled" : STATUS[one.status] ?? one.status;
  return (
    <li class={`slot ${one.kind}`} data-session={one.id}>
      <time dateTime={one.starts_at}>{clockTime(one.starts_at, week.zone)}</time>
      <div class="grow">
        <strong>{KIND[one.kind]}</strong> <span>{people(one.who, who)}</span>
        <small class="block">
          {one.minutes} min · {state === "" ? "booked" : state}
          {one.series && ` · weekly, ${one.series.number + 1} of ${one.series.count}`}
        </small>
        {one.standing === "booked" && one.status === "planned" && one.kind !== "group" && <Change {...changing} one={one} />}
      </div>
      {live && one.mine && (
        <button class="small" type="button" onClick={enter} aria-label={`Open the session: ${KIND[one.kind]}, ${day(one.starts_at, week.zone)}`}>
          Open
        </button>
      )}
    </li>
  );
}

function DraftRow(props: Props & { readonly some: readonly Draft[] }) {
  const { week, some, who, drafts, onDrafts } = props;
  const [first] = some;
  if (!first) return null;
  const ids = new Set(some.map((one) => one.id));
  const taken = some.some((one) => one.taken);
  const all = some.flatMap((one) => one.who);
  const change = (part: Partial<Draft>) => onDrafts(drafts.map((one) => (ids.has(one.id) ? { ...one, ...part } : one)));
  const name = `${first.group_name ?? KIND[first.kind]}, ${people(all, who)}`;
  const more = [why(first), first.added ? "added by you" : reasons(first, who)].filter(Boolean).join(" · ");
  return (
    <li class={`slot proposed ${first.kind}${taken ? "" : " out"}`}>
      <time dateTime={first.starts_at}>{clockTime(first.starts_at, week.zone)}</time>
      <label class="grow">
        <input type="checkbox" checked={taken} onChange={(event) => change({ taken: event.currentTarget.checked })} />
        <span>
          <strong>{first.group_name ?? KIND[first.kind]}</strong> <span>{people(all, who)}</span>
          <small class="block">
            {first.minutes} min · {more}
          </small>
        </span>
      </label>
      {!first.group && <Another {...props} one={first} name={name} onTime={(starts_at) => change({ starts_at, reasons: [] })} />}
      {!first.group && <Repeat {...props} one={first} name={name} />}
    </li>
  );
}

function rowsOf(week: Week, drafts: readonly Draft[]): Row[] {
  const groups = new Map<string, Draft[]>();
  for (const one of drafts) {
    const key = one.group || one.id;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const rows: Row[] = [
    ...week.booked.map((booked) => ({ at: booked.starts_at, booked })),
    ...[...groups.values()].map((some) => ({ at: some[0]?.starts_at ?? week.since, drafts: some })),
  ];
  return rows.sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
}
