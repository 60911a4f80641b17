import type { Hours, LedgerWeek, Minutes } from "../../../api/hours";
import { parts } from "../../../words/hours";
import { duration, plainDate } from "../../../words/times";
import type { Names } from "../../../words/week";
import { Bar, BarKey, sum } from "../bar";

interface Props {
  readonly seen: Hours;
  readonly who: Names;
}

const KEYS = ["a", "b"] as const;

/** Every week so far: what it gave each of the two, beside what its phase wants. The same stands below as a table. */
export function Weeks({ seen, who }: Props) {
  const weeks = [...seen.weeks].reverse();
  const longest = Math.max(...weeks.flatMap((week) => [sum(week.wanted), ...KEYS.map((key) => week.partners[key].total)]), 1);
  const solo = weeks.some((week) => KEYS.some((key) => week.partners[key].solo > 0));
  return (
    <section class="sheet col tight" aria-labelledby="weeks">
      <h2 id="weeks">Week by week</h2>
      <ol class="ledger">
        {weeks.map((week) => (
          <li key={week.number}>
            <h3>
              Week {week.number} <small>{plainDate(week.monday)}</small>
            </h3>
            {KEYS.map((key) => (
              <div key={key} class="balancerow">
                <span>{who[key]}</span>
                <Bar said={`${who[key]}: ${said(week.partners[key], week)}`} minutes={week.partners[key]} longest={longest} mark={sum(week.wanted)} />
                <span class="soft nowrap">{duration(week.partners[key].total)}</span>
              </div>
            ))}
          </li>
        ))}
      </ol>
      <BarKey solo={solo} mark="what the phase wants" />
      <details>
        <summary>As a table</summary>
        <div class="wide-table" tabIndex={0} role="region" aria-label="Hours week by week">
          <table>
            <thead>
              <tr>
                <th scope="col">Week</th>
                <th scope="col">Name</th>
                <th scope="col">Together</th>
                <th scope="col">On their own</th>
                <th scope="col">of it, in place of together</th>
                <th scope="col">In groups</th>
                <th scope="col">In all</th>
                <th scope="col">Wanted</th>
              </tr>
            </thead>
            <tbody>{weeks.map((week) => KEYS.map((key) => <Row key={`${week.number}${key}`} week={week} name={who[key]} of={week.partners[key]} />))}</tbody>
          </table>
        </div>
      </details>
    </section>
  );
}

function Row({ week, name, of }: { readonly week: LedgerWeek; readonly name: string; readonly of: Minutes }) {
  return (
    <tr>
      <th scope="row">
        {week.number}
        <small>{plainDate(week.monday)}</small>
      </th>
      <td>{name}</td>
      {[of.joint, of.individual, of.solo, of.group, of.total, sum(week.wanted)].map((minutes, n) => (
        <td key={n} class="nowrap">
          {duration(minutes)}
        </td>
      ))}
    </tr>
  );
}

function said(of: Minutes, week: LedgerWeek): string {
  const solo = of.solo > 0 ? `, ${duration(of.solo)} of it alone in place of together` : "";
  return `${parts(of)}${solo}, of ${duration(sum(week.wanted))}`;
}
