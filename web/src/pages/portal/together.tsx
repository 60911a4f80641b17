import type { Mark } from "../../api/portal";
import { shortDay } from "../../words/times";
import type { Desk } from "./desk";

const STEP = 46;
const EDGE = 26;
const MIDDLE = 30;
const APART = 13;

/** The weeks together, as two strands that meet where both were there. */
export function Together({ desk }: { readonly desk: Desk }) {
  const { value: say } = desk.say;
  const { together, kindness, zone } = desk.page.value;
  const held = together.filter((one) => !one.to_come);
  return (
    <section class="sheet col tight" aria-labelledby="together">
      <h2 id="together">{say("together")}</h2>
      <p>{say(`kind_${kindness.code}`, { count: kindness.number })}</p>
      {together.length > 0 && (
        <div role="img" aria-label={say("together_picture", { count: held.length, held: held.filter((one) => one.together).length })}>
          <svg class="braid" viewBox={`0 0 ${2 * EDGE + STEP * (together.length - 1)} 78`} style={`max-width:${2 * EDGE + STEP * together.length}px`} aria-hidden="true">
            <path class="strand of-0" d={strand(together, -1)} />
            <path class="strand of-1" d={strand(together, 1)} />
            {together.map((one, n) => (one.together || one.to_come) && <circle key={one.starts_at} class={one.together ? "knot-held" : "knot-coming"} cx={EDGE + n * STEP} cy={MIDDLE} r={one.together ? 8 : 6} />)}
            {together.map((one, n) => n % (together.length < 5 ? 2 : 3) === 0 && (
              <text key={one.starts_at} x={EDGE + n * STEP} y={72}>
                {shortDay(one.starts_at, zone).replace(/^\w+\.?, /, "")}
              </text>
            ))}
          </svg>
        </div>
      )}
      {held.some((one) => one.together) && <small>{say("together_note")}</small>}
    </section>
  );
}

function strand(marks: readonly Mark[], side: 1 | -1): string {
  const y = (one: Mark) => MIDDLE + (one.together || one.to_come ? 0 : side * APART);
  return marks.reduce((path, one, n) => {
    const x = EDGE + n * STEP;
    const before = marks[n - 1];
    if (!before) return `M${x} ${y(one)}`;
    const bow = side * APART * (n % 2 === 0 ? 1 : -1) * (before.together && one.together ? 1 : 0.6);
    return `${path} C${x - STEP * 0.66} ${y(before) + bow} ${x - STEP * 0.34} ${y(one) + bow} ${x} ${y(one)}`;
  }, "");
}
