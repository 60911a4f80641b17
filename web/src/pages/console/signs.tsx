import { useEffect } from "preact/hooks";
import type { PartnerRow, TherapistView } from "../../protocol";
import { chime } from "../../rtc/devices";
import { clockTime } from "../../words/times";
import type { Desk } from "./desk";

interface Props {
  readonly desk: Desk;
  readonly view: TherapistView;
}

/** What a partner told the therapist and nobody else, above everything until it has been seen. */
export function Signs({ desk, view }: Props) {
  const signs = view.partners.filter((row) => row.help_at || row.unsettled);
  const loud = signs.map((row) => `${row.key}${row.help_at}${row.unsettled}`).join();
  useEffect(() => {
    if (loud) chime(true);
  }, [loud]);
  return (
    <>
      {signs.map((row) => (
        <section key={row.key} class="sheet sign" role="alert">
          {row.help_at && (
            <>
              <h2>
                {row.name} asks for help, without a word. <small>{clockTime(row.help_at, view.you.zone)}</small>
              </h2>
              <p class="soft">Nobody else can see this. Don’t mention it aloud; find a way to speak with {row.name} alone.</p>
              <button class="wide" type="button" onClick={() => void desk.give("hear_help", { participant: row.key })}>
                I’ve seen it
              </button>
            </>
          )}
          {row.unsettled && (
            <>
              <h2>{row.name} isn’t alone, or not safe to talk.</h2>
              <p class="soft">
                {row.place === "room" ? `The other partner knows nothing of it.` : `${row.name} won’t be put in a room with the other partner. Let ${row.name} in alone first, and speak with them.`}
              </p>
              <button class="wide" type="button" onClick={() => void desk.give("settle_safety", { participant: row.key })}>
                It’s settled: they may meet
              </button>
            </>
          )}
        </section>
      ))}
    </>
  );
}

/** Beside what else can be done with somebody who is here. */
export function AskSafe({ desk, row }: { readonly desk: Desk; readonly row: PartnerRow }) {
  if (row.shares) return null;
  return (
    <button class="small" type="button" disabled={row.safety_asked} onClick={() => void desk.give("ask_safety", { participant: row.key })}>
      {row.safety_asked ? `Asking ${row.name}…` : `Ask if ${row.name} is safe`}
    </button>
  );
}

/** Half a line for the roster. */
export function saidOfSafety(row: PartnerRow): string {
  if (row.left_quickly) return "left in a hurry: somebody may be looking at their screen";
  return row.safe === true ? "alone and safe" : row.safe === false && !row.unsettled ? "wasn’t alone or safe; settled" : "";
}
