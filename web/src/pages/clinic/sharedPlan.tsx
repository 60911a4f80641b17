import { useState } from "preact/hooks";
import { change, type Couple } from "../../api/clinic";
import { filled, Lines, Select } from "../../ui/fields";
import { PlanFold } from "../../ui/relapse/fold";
import type { Desk } from "./desk";

const APPROVAL = { none: "Ask me each time", standing: "Yes, whenever it comes to it" };
const ATTENDANCE = { "": "As each session’s subject asks", required: "Both are needed", encouraged: "Both are wanted", optional: "One is enough" };

/** What the two share: goals and coping list, which both see, and what holds when one is missing. */
export function SharedPlan({ desk, couple }: { readonly desk: Desk; readonly couple: Couple }) {
  const [plan, setPlan] = useState(couple.plan);
  const [seen, setSeen] = useState(couple.revision);
  const set = (part: Partial<Couple["plan"]>) => setPlan({ ...plan, ...part });
  const save = () =>
    desk.give(async () => {
      const { approval, attendance } = plan;
      const body = { goals: filled(plan.goals), coping: filled(plan.coping), approval, attendance, seen };
      desk.couple.value = await change(desk.token, couple.id, "plan", body);
      setSeen(seen + 1);
    }, "Kept. Both see it on their pages.");
  return (
    <>
    <form class="col" onSubmit={(event) => (event.preventDefault(), void save())}>
      <div class="two">
        <section class="sheet">
          <Lines label="Their goals" value={plan.goals} onValue={(goals) => set({ goals })} />
        </section>
        <section class="sheet">
          <Lines label="What helps them both" hint="The joint coping list, one on each line." value={plan.coping} onValue={(coping) => set({ coping })} />
        </section>
      </div>
      <fieldset class="sheet fields">
        <legend>When one is missing</legend>
        <Select label="See the other alone?" hint="Only where both agreed to it themselves." value={plan.approval === "granted" ? "standing" : plan.approval} options={APPROVAL} onValue={(approval) => set({ approval })} />
        <Select label="Sessions together" value={plan.attendance ?? ""} options={ATTENDANCE} onValue={(attendance) => set({ attendance: attendance || null })} />
        <p class="soft wide-field">This holds for sessions that are booked from now on.</p>
      </fieldset>
      <div>
        <button class="primary" type="submit" disabled={desk.busy.value}>
          Keep the plan
        </button>
      </div>
    </form>
    <PlanFold token={desk.token} couple={couple.id} language="en" zone={couple.clinic.zone} />
    </>
  );
}
