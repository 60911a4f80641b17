import { change, type Couple, couple as fetchCouple } from "../../api/clinic";
import { done, type Kept } from "../../state/agenda";
import { AgendaForm, Signed } from "../../ui/agenda";
import type { Desk } from "./desk";

const NOTHING = { relationship: "", challenges: "", goals: [], expectations: "", complete: false };

/** The first session: its agenda, and who has signed the agreement. */
export function First({ desk, couple }: { readonly desk: Desk; readonly couple: Couple }) {
  const intake = couple.intake ?? NOTHING;
  const show = (seen: Couple): Kept => ((desk.couple.value = seen), { intake: seen.intake ?? NOTHING, revision: seen.intake_revision });
  return (
    <>
      <section class="sheet col" aria-labelledby="agenda">
        <div class="row wrap">
          <h2 id="agenda" class="grow">
            Talk it through together
          </h2>
          <span class="chip">{intake.complete ? "complete" : `${done(intake)} of 4`}</span>
        </div>
        <AgendaForm
          kept={{ intake, revision: couple.intake_revision }}
          keep={async (written, seen) => show(await change(desk.token, couple.id, "intake", { intake: written, seen }))}
          look={async () => show(await fetchCouple(desk.token, couple.id))}
        />
      </section>
      <section class="sheet col tight" aria-labelledby="signed">
        <h2 id="signed">The attendance agreement</h2>
        <Signed partners={couple.partners} version={couple.agreement} />
      </section>
    </>
  );
}
