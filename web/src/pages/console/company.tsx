import type { HelperRow, TherapistView } from "../../protocol";
import { isOver, whereabouts } from "../../words/console";
import { LINK, ROLE } from "../../words/policy";
import { city } from "../../words/times";
import { capital } from "../../words/word";
import type { Desk } from "./desk";

interface Props {
  readonly desk: Desk;
  readonly view: TherapistView;
}

/** Interpreter, captioner, support person: let in and sent back like anybody, without an attendance of their own. */
export function Company({ desk, view }: Props) {
  if (view.helpers.length === 0) return null;
  return (
    <section class="sheet roster" aria-labelledby="company">
      <h2 class="unseen" id="company">
        Who comes to help
      </h2>
      <ul aria-live="polite" aria-relevant="text">
        {view.helpers.map((row) => (
          <Row key={row.key} desk={desk} view={view} row={row} />
        ))}
      </ul>
    </section>
  );
}

function Row({ desk, view, row }: Props & { readonly row: HelperRow }) {
  const here = !isOver(view) && row.state === "present" && row.place !== "removed";
  const more = [isOver(view) ? "" : whereabouts({ ...row, reason: null }, view.you.zone), city(row.zone), here && row.link !== "ok" ? LINK[row.link] : ""];
  return (
    <li class="seat" data-helper={row.key} data-state={row.state} data-place={row.place}>
      <div class="row">
        <span class={here ? "dot" : row.needed && !isOver(view) ? "dot amber" : "dot out"} aria-hidden="true" />
        <div class="grow">
          <strong>{row.name}</strong> <span class="soft">{ROLE[row.role] ?? row.role}</span>{" "}
          {row.needed && !here && !isOver(view) && <span class="chip amber">needed to see one alone</span>}
          <br />
          <small>{more.filter(Boolean).map((part, n) => (n === 0 ? capital(part) : part)).join(" · ")}</small>
        </div>
      </div>
      {here && (
        <div class="seat-do">
          {row.place === "waiting" && (
            <button class="small" type="button" onClick={() => void desk.give("admit", { participant: row.key })}>
              Let {row.name} in
            </button>
          )}
          {row.place === "room" && (
            <button class="small" type="button" onClick={() => void desk.give("send_back", { participant: row.key })}>
              Back to waiting
            </button>
          )}
          <button class="small quiet rose" type="button" onClick={() => void desk.give("remove", { participant: row.key })}>
            Remove
          </button>
        </div>
      )}
    </li>
  );
}
