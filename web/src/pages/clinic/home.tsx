import type { CoupleRow, Overview } from "../../api/clinic";
import { OwnTimesFold } from "../../ui/own/fold";
import { Title } from "../../ui/page";
import { names } from "../../words/console";
import { clockTime, shortDay } from "../../words/times";
import type { Desk } from "./desk";
import { Clinic } from "./staff";

/** The clinic at a glance: what is still to set up, then its couples. */
export function Home({ desk }: { readonly desk: Desk }) {
  const seen = desk.overview.value;
  return (
    <>
      <div>
        <Title tab={seen.programme?.clinic_name ?? "Your clinic"}>{seen.programme?.clinic_name ?? "Welcome to Dyad"}</Title>
        <p class="soft">{seen.programme ? `${seen.programme.name} · ${weeks(seen)} weeks` : "Three steps, and your first couple is on its way."}</p>
      </div>
      <FirstSteps desk={desk} seen={seen} />
      {seen.programme && seen.staff.length > 0 && <Couples desk={desk} seen={seen} />}
      {seen.programme && seen.staff.length > 0 && seen.role !== "therapist" && <Clinic desk={desk} seen={seen} />}
      {seen.role === "therapist" && <OwnTimesFold token={desk.token} language="en" />}
    </>
  );
}

function FirstSteps({ desk, seen }: { readonly desk: Desk; readonly seen: Overview }) {
  const steps = [
    { done: seen.programme !== null, words: "Describe your programme", at: "programme" },
    { done: seen.staff.length > 0, words: "Add a therapist", at: "therapist" },
    { done: seen.couples.length > 0, words: "Add a couple", at: "new_couple" },
  ] as const;
  const next = steps.find((step) => !step.done);
  if (!next || seen.role === "therapist") return null;
  return (
    <section class="sheet col" aria-label="First steps">
      <ol class="line">
        {steps.map((step) => (
          <li key={step.at} class={step.done ? "done" : step === next ? "now" : ""}>
            {step.words}
            {step.done && <span class="unseen">: done</span>}
          </li>
        ))}
      </ol>
      <button class="primary wide" type="button" onClick={() => desk.go({ at: next.at })}>
        {next.words}
      </button>
    </section>
  );
}

function Couples({ desk, seen }: { readonly desk: Desk; readonly seen: Overview }) {
  return (
    <section class="list" aria-labelledby="couples">
      <div class="row wrap">
        <h2 id="couples" class="grow">
          Couples
        </h2>
        {seen.couples.length > 0 && (
          <button class="small" type="button" onClick={() => desk.go({ at: "new_couple" })}>
            Add a couple
          </button>
        )}
        {seen.role !== "therapist" && (
          <button class="small" type="button" onClick={() => desk.go({ at: "couple_list" })}>
            Bring a list
          </button>
        )}
      </div>
      {seen.couples.length === 0 && <p class="sheet soft">No couples yet.</p>}
      <div class="cards">
        {seen.couples.map((couple) => (
          <CoupleCard key={couple.id} couple={couple} zone={seen.programme?.zone ?? "UTC"} desk={desk} />
        ))}
      </div>
    </section>
  );
}

function CoupleCard({ couple, zone, desk }: { readonly couple: CoupleRow; readonly zone: string; readonly desk: Desk }) {
  return (
    <button class="card" type="button" onClick={() => desk.go({ at: "couple", id: couple.id })}>
      <strong>{names(couple.names)}</strong>
      <span class="soft">
        {couple.week < 1 ? "Begins soon" : `Week ${couple.week} of ${couple.weeks} · ${couple.phase}`}
      </span>
      <span class="soft">{couple.therapist}</span>
      <span>{couple.next ? `Next: ${shortDay(couple.next, zone)}, ${clockTime(couple.next, zone)}` : "Nothing planned yet"}</span>
    </button>
  );
}

function weeks(seen: Overview): number {
  return (seen.programme?.phases ?? []).reduce((sum, phase) => sum + phase.weeks, 0);
}
