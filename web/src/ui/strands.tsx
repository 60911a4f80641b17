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
const EDGE = STEP / 2; // so that one piece ends where the next begins
const PIECE = 6; // sessions in a piece: as many as a phone shows at their own size
const ROW = 44; // px between two strands
const TOP = 22;
const THERE = new Set(["together", "alone", "attended", "came", "left_early"]);

/** Two lives, side by side: the strands meet where both were there. The same stands below as a table. */
export function Strands({ item, zone }: { readonly item: Attendance; readonly zone: string }) {
  const { knots, names } = item;
  const height = TOP + ROW * (names.length - 1) + 42;
  const looked = knots.findIndex((knot) => knot.reviewed); // every other date is said, and the one in question always
  const pieces = Array.from({ length: Math.ceil(knots.length / PIECE) }, (_, n) => n * PIECE);
  const paths = names.map((_, person) => path(knots, person, names.length));
  return (
    <>
      <div class="strands" role="img" aria-label={pictureSaid(item)}>
        {pieces.map((from) => {
          const shown = knots.slice(from, from + PIECE);
          const width = STEP * shown.length;
          return (
            <svg key={from} viewBox={`${from * STEP} 0 ${width} ${height}`} style={{ width: `${width}px` }} aria-hidden="true">
              {paths.map((drawn, person) => (
                <path key={person} class={`strand of-${person}`} d={drawn} />
              ))}
              {shown.map((knot, m) => (
                <KnotDrawn key={knot.session} knot={knot} at={from + m} people={names.length} zone={zone} dated={(from + m - looked) % 2 === 0} below={height - 6} />
              ))}
            </svg>
          );
        })}
      </div>
      <p class="legend">
        <small>
          {names.map((name, person) => (
            <span key={name} class={`of-${person}`}>
              {name}
            </span>
          ))}{" "}
          · full: there · open: not there · where the lines meet, both were{knots.some(coming) && " · dotted: still to come"}
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

interface Drawn {
  readonly knot: Knot;
  readonly at: number;
  readonly people: number;
  readonly zone: string;
  readonly dated: boolean;
  readonly below: number;
}

/** One session: a mark for each of the two, and its date where it is said. */
function KnotDrawn({ knot, at, people, zone, dated, below }: Drawn) {
  const x = EDGE + at * STEP;
  return (
    <g class={knot.reviewed ? "knot looked" : "knot"}>
      {knot.marks.map((mark, person) => (
        <circle key={person} class={kind(mark)} cx={x} cy={level(knot, person, people)} r={met(knot) ? 8 : 6} />
      ))}
      {dated && (
        <text x={x} y={below}>
          {shortDay(knot.starts_at, zone).replace(/^\w+, /, "")}
        </text>
      )}
    </g>
  );
}

function coming(knot: Knot): boolean {
  return knot.marks.every((mark) => mark === "to_come");
}

/** Whether the strands run together here: both were there, or it is still to come and nobody has said otherwise. */
function met(knot: Knot): boolean {
  return knot.marks.length > 1 && (coming(knot) || knot.marks.every((mark) => mark === "together"));
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
