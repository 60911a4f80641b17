import type { Moment, MomentKind } from "../protocol";
import { MOMENT, MOMENT_MORE } from "../words/policy";
import { capital } from "../words/word";
import { city, shortTime } from "../words/times";

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
      <h2 id="next">{props.title ?? "What happens next"}</h2>
      <ol class="line" aria-live="polite">
        {props.moments.map((moment) => (
          <Line key={moment.kind} moment={moment} host={props.host} zone={props.zone} />
        ))}
      </ol>
      <p>
        <small>Times are yours, in {city(props.zone)}.</small>
      </p>
    </section>
  );
}

function Line({ moment, host, zone }: { readonly moment: Moment; readonly host: string; readonly zone: string }) {
  const more = moment.state === "now" ? MOMENT_MORE[moment.kind] : undefined;
  const said = TIMELESS.has(moment.kind) ? (
    capital(MOMENT[moment.kind](host))
  ) : (
    <>
      <time dateTime={moment.at}>{shortTime(moment.at, zone)}</time> · {MOMENT[moment.kind](host)}
    </>
  );
  if (moment.state !== "now") return <li class={moment.state}>{said}</li>;
  return (
    <li class="now" aria-current="step">
      <strong>{said}</strong>
      {more && (
        <>
          <br />
          <small>{more}</small>
        </>
      )}
    </li>
  );
}
