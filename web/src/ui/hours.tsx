import type { Hours } from "../api/clinic";
import type { Say } from "../words/say";
import { WEEKDAYS, weekdays } from "../words/times";

interface Props {
  readonly legend: string;
  readonly hours: Hours;
  readonly onHours: (hours: Hours) => void;
  readonly say?: Say;
}

/** A week of hours: one stretch a day, which is what people keep in mind; a day without any is free of sessions. */
export function WeekHours({ legend, hours, onHours, say }: Props) {
  const of = (day: number) => hours.filter(([weekday]) => weekday === day);
  const set = (day: number, spans: Hours) => onHours([...hours.filter(([weekday]) => weekday !== day), ...spans].sort(byDay));
  return (
    <fieldset class="hours">
      <legend>{legend}</legend>
      {(say ? weekdays() : WEEKDAYS).map((name, day) => {
        const spans = of(day);
        const [first] = spans;
        return (
          <div key={name} class="hoursday">
            <label class="row">
              <input type="checkbox" checked={first !== undefined} onChange={() => set(day, first ? [] : [[day, "09:00", "17:00"]])} />
              <span>{name}</span>
            </label>
            {first ? (
              <span class="row">
                <input type="time" step={900} aria-label={say ? say("hours_from", { day: name }) : `${name}, from`} value={first[1]} onInput={(event) => event.currentTarget.value && set(day, [[day, event.currentTarget.value, first[2]], ...spans.slice(1)])} />
                <span aria-hidden="true">{say ? "–" : "to"}</span>
                <input type="time" step={900} aria-label={say ? say("hours_until", { day: name }) : `${name}, until`} value={first[2]} onInput={(event) => event.currentTarget.value && set(day, [[day, first[1], event.currentTarget.value], ...spans.slice(1)])} />
              </span>
            ) : (
              <span class="soft">{say ? say("hours_off") : "not available"}</span>
            )}
          </div>
        );
      })}
    </fieldset>
  );
}

function byDay(one: Hours[number], other: Hours[number]): number {
  return one[0] - other[0] || one[1].localeCompare(other[1]);
}
