import type { Moment, MomentKind } from "../protocol";
import { MOMENT, MOMENT_DONE, MOMENT_MORE } from "../words/policy";
import { capital } from "../words/word";
import { city, shortTime } from "../words/times";
import { tell } from "../words/room";

/** What goes on now without having begun at an instant of its own. */
const TIMELESS: ReadonlySet<MomentKind> = new Set(["now_early", "now_ready", "now_host_awaited", "now_host_back_soon", "now_paused"]);

/** What has been, what is now, and what comes next, at the reader's own times. */
export function Moments(props: {
  readonly moments: readonly Moment[];
  readonly host: string;
  readonly zone: string;
  readonly title?: string;
}) {
  if (props.moments.length === 0) return null;
  return (
    <section class="sheet" aria-labelledby="next">
      <h2 id="next">{props.title ?? tell("What happens next")}</h2>
      <ol class="line" aria-live="polite">
        {props.moments.map((moment) => (
          <Line key={moment.kind} moment={moment} timed={timed(moment, props.moments)} host={props.host} zone={props.zone} />
        ))}
      </ol>
      <p>
        <small>{tell("Times are yours, in {city}.", { city: city(props.zone) })}</small>
      </p>
    </section>
  );
}

/** Whether the line starts with a time: not where that would run backwards on the page. */
function timed(moment: Moment, all: readonly Moment[]): boolean {
  if (TIMELESS.has(moment.kind)) return false;
  const at = Date.parse(moment.at);
  return moment.state !== "now" || !all.some((other) => other.state === "done" && Date.parse(other.at) > at);
}

function Line(props: { readonly moment: Moment; readonly timed: boolean; readonly host: string; readonly zone: string }) {
  const { moment, timed, host, zone } = props;
  const words = moment.state === "done" ? (MOMENT_DONE[moment.kind] ?? MOMENT[moment.kind]) : MOMENT[moment.kind];
  const more = moment.state === "now" ? MOMENT_MORE[moment.kind] : undefined;
  const said = !timed ? (
    capital(words(host))
  ) : (
    <>
      <time dateTime={moment.at}>{shortTime(moment.at, zone)}</time> · {words(host)}
    </>
  );
  if (moment.state !== "now") return <li class={moment.state}>{said}</li>;
  return (
    <li class="now" aria-current="step">
      <strong>{said}</strong>
      {more && (
        <>
          <br />
          <small>{tell(more)}</small>
        </>
      )}
    </li>
  );
}
