import { useState } from "preact/hooks";
import { times, type Week } from "../../../api/weeks";
import { clockTime, shortDay } from "../../../words/times";
import type { Desk } from "../desk";
import type { Draft } from "./tab";

interface Props {
  readonly desk: Desk;
  readonly couple: string;
  readonly week: Week;
  readonly one: Draft;
  readonly name: string;
  readonly onTime: (starts_at: string) => void;
}

/** Another time of the same week for a proposed session. */
export function Another({ desk, couple, week, one, name, onTime }: Props) {
  const [found, setFound] = useState<readonly string[] | null>(null);
  const look = () => desk.give(async () => setFound((await times(desk.token, couple, week.number, one.who, one.minutes)).times));
  if (found === null) {
    return (
      <button class="small quiet" type="button" disabled={desk.busy.value} aria-label={`Another time: ${name}`} onClick={() => void look()}>
        Another time
      </button>
    );
  }
  return (
    <div class="others" role="group" aria-label={`Another time: ${name}`}>
      {found.length === 0 && <small>No other time of this week suits everybody.</small>}
      {found.map((at) => (
        <button key={at} class="small" type="button" onClick={() => (onTime(at), setFound(null))}>
          {shortDay(at, week.zone).replace(/,.*/, "")} {clockTime(at, week.zone)}
        </button>
      ))}
      <button class="small quiet" type="button" onClick={() => setFound(null)}>
        Keep it
      </button>
    </div>
  );
}
