import type { Knot } from "../api/rest";
import { FOCUS } from "../words/policy";
import { MARK, pictureSaid } from "../words/review";
import { shortDay } from "../words/times";
import { capital, word } from "../words/word";

export interface Attendance {
  readonly names: readonly string[];
  readonly knots: readonly Knot[];
}

const STEP = 52; // px between two sessions
const EDGE = 26;
const ROW = 44; // px between two strands
const TOP = 22;
const THERE = new Set(["together", "alone", "attended", "came", "left_early"]);

/** Two lives, side by side: the strands meet where both were there. The same stands below as a table. */
export function Strands({ item, zone }: { readonly item: Attendance; readonly zone: string }) {
  const { knots, names } = item;
  const width = 2 * EDGE + STEP * Math.max(knots.length - 1, 0);
  const height = TOP + ROW * (names.length - 1) + 22;
  const looked = knots.findIndex((knot) => knot.reviewed); // every other date is said, and the one in question always
  return (
    <>
      <div class="strands" role="img" aria-label={pictureSaid(item)}>
        <svg viewBox={`0 0 ${width} ${height + 20}`} aria-hidden="true">
          {names.map((name, person) => (
            <path key={name} class={`strand of-${person}`} d={path(knots, person, names.length)} />
          ))}
          {knots.map((knot, n) => (
            <g key={knot.session} class={knot.reviewed ? "knot looked" : "knot"}>
              {knot.marks.map((mark, person) => (
                <circle key={person} class={kind(mark)} cx={EDGE + n * STEP} cy={level(knot, person, names.length)} r={met(knot) ? 8 : 6} />
              ))}
              {(n - looked) % 2 === 0 && (
                <text x={EDGE + n * STEP} y={height + 14}>
                  {shortDay(knot.starts_at, zone).replace(/^\w+, /, "")}
                </text>
              )}
            </g>
          ))}
        </svg>
      </div>
      <p class="legend">
        <small>
          {names.map((name, person) => (
            <span key={name} class={`of-${person}`}>
              {name}
            </span>
          ))}{" "}
          · full: there · open: not there · where the lines meet, both were
        </small>
      </p>
      <details>
        <summary>Session by session</summary>
        <div class="wide-table" tabIndex={0} role="region" aria-label="Session by session">
          <table>
            <thead>
              <tr>
                <th scope="col">Session</th>
                {names.map((name) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {knots.map((knot) => (
                <tr key={knot.session}>
                  <th scope="row">
                    {shortDay(knot.starts_at, zone)}
                    <small>{knot.focus.map((one) => capital(word(FOCUS, one))).join(", ")}</small>
                  </th>
                  {knot.marks.map((mark, person) => (
                    <td key={person}>{word(MARK, mark)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </>
  );
}

function met(knot: Knot): boolean {
  return knot.marks.length > 1 && knot.marks.every((mark) => mark === "together");
}

function level(knot: Knot, person: number, people: number): number {
  return met(knot) ? TOP + (ROW * (people - 1)) / 2 : TOP + ROW * person;
}

function kind(mark: string): string {
  return mark === "to_come" || mark === "none" ? "still" : THERE.has(mark) ? "there" : "open";
}

/** One person's strand, drawn softly through their knots. */
function path(knots: readonly Knot[], person: number, people: number): string {
  const points = knots.map((knot, n) => [EDGE + n * STEP, level(knot, person, people)] as const);
  return points.map(([x, y], n) => {
    const before = points[n - 1];
    return before ? `C${x - STEP / 2},${before[1]} ${x - STEP / 2},${y} ${x},${y}` : `M${x},${y}`;
  }).join(" ");
}
