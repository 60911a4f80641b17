import type { PolicyClock } from "../state/policyClock";
import { tell } from "../words/room";
import { countdown, spoken } from "../words/times";

const ROUND = 2 * Math.PI * 28;

/** The time that is left to answer, as a ring that empties. */
export function Ring(props: { readonly clock: PolicyClock; readonly from: string; readonly until: string }) {
  const left = props.clock.left(props.until);
  const whole = Math.max(1, Date.parse(props.until) - Date.parse(props.from));
  const gone = 1 - Math.min(1, left / whole);
  return (
    <svg class="ring" viewBox="0 0 68 68" role="img" aria-label={tell("{time} left to answer", { time: spoken(left) })}>
      <circle cx="34" cy="34" r="28" />
      <circle
        class="left"
        cx="34"
        cy="34"
        r="28"
        stroke-dasharray={ROUND}
        stroke-dashoffset={gone * ROUND}
        transform="rotate(-90 34 34)"
      />
      <text x="34" y="39.5">
        {countdown(left)}
      </text>
    </svg>
  );
}
