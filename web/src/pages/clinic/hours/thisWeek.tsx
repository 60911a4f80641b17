import type { Choice, Forecast, Hours, ThisWeek } from "../../../api/hours";
import { choice, coming, wouldMakeUp } from "../../../words/hours";
import { duration } from "../../../words/times";
import type { Names } from "../../../words/week";

interface Props {
  readonly seen: Hours;
  readonly week: ThisWeek;
  readonly who: Names;
  readonly onWeek: (choices: readonly Choice[]) => void;
}

/** How this week is coming along for each of the two, and what would make it whole while there is time. */
export function ThisWeekSheet({ seen, week, who, onWeek }: Props) {
  const keys = ["a", "b"] as const;
  const short = keys.filter((key) => week.partners[key].short > 0);
  const longest = Math.max(seen.least, ...keys.map((key) => week.partners[key].done + week.partners[key].planned));
  return (
    <section class="sheet col tight" aria-labelledby="this-week">
      <h2 id="this-week">This week</h2>
      {keys.map((key) => (
        <div key={key} class="col tight">
          <p>{coming(who[key], week.partners[key], seen.least)}</p>
          <SoFar of={week.partners[key]} name={who[key]} least={seen.least} longest={longest} />
        </div>
      ))}
      <p class="key" aria-hidden="true">
        <small>
          <i class="held" /> held
        </small>
        <small>
          <i class="planned" /> still planned
        </small>
        <small>
          <i class="mark" /> a whole week
        </small>
      </p>
      {short.length > 0 && <MakingUp {...{ seen, week, who, onWeek }} />}
    </section>
  );
}

function SoFar({ of, name, least, longest }: { readonly of: Forecast; readonly name: string; readonly least: number; readonly longest: number }) {
  const share = (part: number) => `flex-basis:${(100 * part) / longest}%`;
  return (
    <div class="bar" role="img" aria-label={`${name}: ${duration(of.done)} held, ${duration(of.planned)} still planned, of ${duration(least)}`}>
      <div class="parts" aria-hidden="true">
        <i class="held" style={share(of.done)} />
        <i class="planned" style={share(of.planned)} />
      </div>
      <i class="mark" aria-hidden="true" style={`inset-inline-start:${(100 * least) / longest}%`} />
    </div>
  );
}

function MakingUp({ seen, week, who, onWeek }: Props) {
  const { made_up_with: with_, partners } = week;
  const left = (["a", "b"] as const).filter((key) => partners[key].left > 0);
  if (with_.length === 0) {
    const wanted = (["a", "b"] as const).flatMap((key) => (partners[key].short > 0 ? `${who[key]} ${wouldMakeUp(partners[key])}` : []));
    return <p class="soft">This week holds no more times that suit. It would take {wanted.join(", ")}; the next week’s proposal makes up for what was missed.</p>;
  }
  return (
    <div class="notice col tight">
      <p>{left.length === 0 ? "There is still time for it:" : "There is still time for most of it:"}</p>
      <ul class="plain">
        {with_.map((one) => (
          <li key={`${one.starts_at} ${one.who.join("")}`}>{choice(one, seen.zone, who)}</li>
        ))}
      </ul>
      {left.length > 0 && <p>{left.map((key) => `${who[key]} would be ${duration(partners[key].left)} short even so`).join("; ")}. Next week can make that up.</p>}
      <div>
        <button class="primary" type="button" onClick={() => onWeek(with_)}>
          Look at {with_.length === 1 ? "it" : "these"} in the week
        </button>
      </div>
    </div>
  );
}
