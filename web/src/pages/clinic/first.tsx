import { useState } from "preact/hooks";
import { change, type Couple, type Intake } from "../../api/clinic";
import { filled, Lines, Text } from "../../ui/fields";
import { names } from "../../words/console";
import type { Desk } from "./desk";

const PARTS = ["relationship", "challenges", "goals", "expectations"] as const;

/** The first session’s agenda: four parts to talk through with both, and who has signed the agreement. */
export function First({ desk, couple }: { readonly desk: Desk; readonly couple: Couple }) {
  const [intake, setIntake] = useState<Intake>(couple.intake ?? { relationship: "", challenges: "", goals: [], expectations: "", complete: false });
  const set = (part: Partial<Intake>) => setIntake({ ...intake, ...part });
  const save = (complete: boolean) =>
    desk.give(async () => {
      const body = { intake: { ...intake, goals: filled(intake.goals), complete }, seen: couple.intake_revision };
      desk.couple.value = await change(desk.token, couple.id, "intake", body);
      set({ complete });
    }, complete ? "The first session is kept. Its goals are now the couple’s." : "Kept as it stands.");
  const done = PARTS.filter((part) => (part === "goals" ? filled(intake.goals).length > 0 : intake[part].trim())).length;
  return (
    <>
      <form class="sheet col" onSubmit={(event) => (event.preventDefault(), void save(true))}>
        <div class="row wrap">
          <h2 class="grow">Talk it through together</h2>
          <span class="chip">{couple.intake?.complete ? "complete" : `${done} of 4`}</span>
        </div>
        <Text label="1. How things are between them" hint="What holds, what hurts, how they speak with each other." rows={4} value={intake.relationship} onValue={(relationship) => set({ relationship })} />
        <Text label="2. What makes it hard now" hint="Use, cravings, money, family, trust, safety." rows={4} value={intake.challenges} onValue={(challenges) => set({ challenges })} />
        <Lines label="3. Goals for recovery" hint="One on each line, in their own words. Both see them on their pages." value={intake.goals} onValue={(goals) => set({ goals })} />
        <Text label="4. What they expect of taking part" hint="Coming, being late, telling us, being seen alone." rows={4} value={intake.expectations} onValue={(expectations) => set({ expectations })} />
        <div class="row wrap">
          <button class="primary" type="submit" disabled={desk.busy.value}>
            All four are talked through
          </button>
          <button type="button" disabled={desk.busy.value} onClick={() => void save(false)}>
            Keep it open
          </button>
        </div>
        <small>The four parts are for the care team. Of them, the couple sees the goals.</small>
      </form>
      <Signed couple={couple} />
    </>
  );
}

function Signed({ couple }: { readonly couple: Couple }) {
  const waiting = couple.partners.filter((one) => one.signed !== couple.agreement);
  return (
    <section class="sheet col tight" aria-labelledby="signed">
      <h2 id="signed">The attendance agreement</h2>
      <ul class="plain">
        {couple.partners.map((one) => (
          <li key={one.key} class="row">
            <span class={one.signed === couple.agreement ? "dot" : "dot out"} aria-hidden="true" />
            <span class="grow">{one.name}</span>
            <span class="soft">{one.signed === couple.agreement ? "signed" : one.signed ? "signed an earlier version" : "not yet"}</span>
          </li>
        ))}
      </ul>
      <small>
        {waiting.length === 0 ? "Both have signed it. " : `It waits on the page of ${names(waiting.map((one) => one.name))}. `}
        Each signs alone; neither sees whether the other has.
      </small>
    </section>
  );
}
