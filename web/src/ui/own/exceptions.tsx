import { useState } from "preact/hooks";
import { type OwnTimes, setExceptions, setStays, type Span } from "../../api/own";
import { clockTime, shortDay, wallOf } from "../../words/times";
import { Text } from "../fields";
import type { Own } from "./live";

/** A day and a time of it, as somebody’s own clock shows it. */
type Wall = readonly [string, string];

interface Props {
  readonly own: Own;
  readonly times: OwnTimes;
}

/** Away, or free at another time than usual. */
export function Spans({ own, times, which }: Props & { readonly which: "away" | "extra" }) {
  const { say } = own;
  const keep = (spans: readonly Span[]) =>
    own.give(() => setExceptions(own.token, which === "away" ? spans : times.away, which === "extra" ? spans : times.extra, times.seen));
  const spans = times[which];
  return (
    <section aria-label={say(`own_${which}`)}>
      <h3>{say(`own_${which}`)}</h3>
      <List own={own} rows={spans.map((span) => said(span, times.zone))} onDrop={(n) => void keep(spans.filter((_, m) => m !== n))} />
      <Add own={own} zone={times.zone} words={say(`own_${which}_add`)} clock onAdd={(span) => keep([...spans, span])} />
    </section>
  );
}

/** In another place than usual: what counts for the therapist’s licence. */
export function Stays({ own, times }: Props) {
  const { say } = own;
  const [place, setPlace] = useState("");
  const keep = (stays: OwnTimes["elsewhere"]) => own.give(() => setStays(own.token, stays, times.seen));
  const rows = times.elsewhere.map((stay) => `${stay.place}: ${said([stay.start, stay.end], times.zone)}`);
  return (
    <section aria-label={say("own_elsewhere")}>
      <h3>{say("own_elsewhere")}</h3>
      <p class="soft">{say("own_elsewhere_soft")}</p>
      <List own={own} rows={rows} onDrop={(n) => void keep(times.elsewhere.filter((_, m) => m !== n))} />
      <Add
        own={own}
        zone={times.zone}
        words={say("own_elsewhere_add")}
        ready={place.trim() !== ""}
        onAdd={async ([start, end]) => {
          const done = await keep([...times.elsewhere, { start, end, place }]);
          if (done) setPlace("");
          return done;
        }}
      >
        <Text label={say("own_place")} hint={say("own_place_hint")} value={place} onValue={setPlace} />
      </Add>
    </section>
  );
}

function List({ own, rows, onDrop }: { readonly own: Own; readonly rows: readonly string[]; readonly onDrop: (n: number) => void }) {
  if (rows.length === 0) return null;
  return (
    <ul class="plain">
      {rows.map((row, n) => (
        <li key={row} class="row wrap">
          <span class="grow">{row}</span>
          <button class="small quiet" type="button" disabled={own.busy.value} aria-label={`${own.say("take_out")}: ${row}`} onClick={() => onDrop(n)}>
            {own.say("take_out")}
          </button>
        </li>
      ))}
    </ul>
  );
}

interface AddProps {
  readonly own: Own;
  readonly zone: string;
  readonly words: string;
  readonly clock?: boolean;
  readonly ready?: boolean;
  readonly onAdd: (span: Span) => Promise<boolean>;
  readonly children?: preact.ComponentChildren;
}

/** From when until when, on the person’s own clock; without `clock` whole days, the last one included. */
function Add({ own, zone, words, clock = false, ready = true, onAdd, children }: AddProps) {
  const { say } = own;
  const today = wallOf(Date.now() + 86_400_000, zone).slice(0, 10);
  const [open, setOpen] = useState(false);
  const [from, setFrom] = useState<Wall>([today, "09:00"]);
  const [until, setUntil] = useState<Wall>([today, "17:00"]);
  if (!open) {
    return (
      <button class="small" type="button" onClick={() => setOpen(true)}>
        {words}
      </button>
    );
  }
  const add = async () => {
    const span: Span = clock ? [from.join("T"), until.join("T")] : [`${from[0]}T00:00`, `${nextDay(until[0])}T00:00`];
    if (await onAdd(span)) setOpen(false);
  };
  return (
    <form class="fields" onSubmit={(event) => (event.preventDefault(), void add())}>
      {children}
      <Text label={say("from_day")} type="date" value={from[0]} onValue={(date) => (setFrom([date, from[1]]), date > until[0] && setUntil([date, until[1]]))} />
      {clock && <Text label={say("from_time")} type="time" value={from[1]} onValue={(time) => setFrom([from[0], time])} />}
      <Text label={say(clock ? "until_day" : "until_last_day")} type="date" value={until[0]} onValue={(date) => setUntil([date, until[1]])} />
      {clock && <Text label={say("until_time")} type="time" value={until[1]} onValue={(time) => setUntil([until[0], time])} />}
      <span class="row wrap wide-field">
        <button class="small primary" type="submit" disabled={own.busy.value || !ready || [...from, ...until].includes("")}>
          {say("keep")}
        </button>
        <button class="small quiet" type="button" onClick={() => setOpen(false)}>
          {say("back")}
        </button>
      </span>
    </form>
  );
}

function nextDay(date: string): string {
  return new Date(Date.parse(`${date}T12:00Z`) + 86_400_000).toISOString().slice(0, 10);
}

/** Whole days as days, anything else with its hours. */
function said([start, end]: Span, zone: string): string {
  const whole = [start, end].every((at) => wallOf(Date.parse(at), zone).endsWith("T00:00"));
  const last = whole ? Date.parse(end) - 60_000 : Date.parse(end);
  const [first, second] = [shortDay(start, zone), shortDay(last, zone)];
  if (whole) return first === second ? first : `${first} – ${second}`;
  const until = first === second ? clockTime(end, zone) : `${second}, ${clockTime(end, zone)}`;
  return `${first}, ${clockTime(start, zone)} – ${until}`;
}
