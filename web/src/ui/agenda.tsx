import { useEffect, useMemo } from "preact/hooks";
import { Agenda, done, type Intake, type Kept, type Signer } from "../state/agenda";
import { names } from "../words/console";
import { Lines, Text } from "./fields";

interface Props {
  readonly kept: Kept;
  readonly keep: (intake: Intake, seen: number) => Promise<Kept>;
  readonly look: () => Promise<Kept>;
}

/** The first session’s agenda: four parts to talk through with both. What is written is kept by itself. */
export function AgendaForm({ kept, keep, look }: Props) {
  const agenda = useMemo(() => new Agenda({ keep, look }, kept), []);
  useEffect(() => agenda.take(kept), [kept]);
  useEffect(() => {
    const leave = () => void (agenda.kept.value || agenda.keep());
    addEventListener("pagehide", leave);
    return () => (removeEventListener("pagehide", leave), leave());
  }, [agenda]);
  const intake = agenda.draft.value;
  return (
    <form class="col" onSubmit={(event) => (event.preventDefault(), agenda.finish())} onFocusOut={() => void agenda.keep()}>
      <Text label="1. How things are between them" hint="What holds, what hurts, how they speak with each other." rows={3} value={intake.relationship} onValue={(relationship) => agenda.write({ relationship })} />
      <Text label="2. What makes it hard now" hint="Use, cravings, money, family, trust, safety." rows={3} value={intake.challenges} onValue={(challenges) => agenda.write({ challenges })} />
      <Lines label="3. Goals for recovery" hint="One on each line, in their own words. Both see them on their pages." rows={3} value={intake.goals} onValue={(goals) => agenda.write({ goals })} />
      <Text label="4. What they expect of taking part" hint="Coming, being late, telling us, being seen alone." rows={3} value={intake.expectations} onValue={(expectations) => agenda.write({ expectations })} />
      {agenda.shared.value && <p class="notice">Somebody wrote here at the same time. Both are in the text now; please look once more.</p>}
      {agenda.trouble.value && (
        <p class="notice" role="alert">
          {agenda.trouble.value} What you wrote is still here.
        </p>
      )}
      {intake.complete ? (
        <p class="row">
          <span class="dot" aria-hidden="true" />
          <span class="grow">All four are talked through. The goals are now the couple’s.</span>
        </p>
      ) : (
        <button class="primary" type="submit" disabled={done(intake) < 4}>
          All four are talked through
        </button>
      )}
      <small role="status">{agenda.kept.value ? "Kept. " : "Not kept yet … "}It is for the care team; of it, the couple sees the goals.</small>
    </form>
  );
}

/** Who has signed the attendance agreement that counts now. */
export function Signed({ partners, version }: { readonly partners: readonly Signer[]; readonly version: number }) {
  const waiting = partners.filter((one) => one.signed !== version);
  return (
    <>
      <ul class="plain">
        {partners.map((one) => (
          <li key={one.key} class="row">
            <span class={one.signed === version ? "dot" : "dot out"} aria-hidden="true" />
            <span class="grow">{one.name}</span>
            <span class="soft">{one.signed === version ? "signed" : one.signed ? "signed an earlier version" : "not yet"}</span>
          </li>
        ))}
      </ul>
      <small>
        {waiting.length === 0 ? "Both have signed it. " : `It waits on the page of ${names(waiting.map((one) => one.name))}. `}
        Each signs alone; neither sees whether the other has.
      </small>
    </>
  );
}
