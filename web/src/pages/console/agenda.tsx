import { useEffect, useState } from "preact/hooks";
import { agenda, keepAgenda, type SeenAgenda } from "../../api/agenda";
import { done, type Kept } from "../../state/agenda";
import { AgendaForm, Signed } from "../../ui/agenda";

const AGAIN = 10_000; // ms between looks at what the team writes elsewhere, and at who has signed

/** The first session’s agenda beside the video; for a couple that has no record here there is none. */
export function FirstSession({ token, begun }: { readonly token: string; readonly begun: boolean }) {
  const [seen, setSeen] = useState<SeenAgenda | null>(null);
  const show = (found: SeenAgenda): Kept => (setSeen(found), keptOf(found));
  useEffect(() => {
    const look = () => void agenda(token).then(setSeen, () => undefined);
    look();
    const timer = setInterval(look, AGAIN);
    return () => clearInterval(timer);
  }, [token]);
  if (!seen) return null;
  return (
    <details class="sheet firstsession" open={begun}>
      <summary>
        <span class="grow">First session</span>
        <span class="chip">{seen.intake.complete ? "complete" : `${done(seen.intake)} of 4`}</span>
      </summary>
      <div class="col">
        <AgendaForm kept={keptOf(seen)} keep={async (intake, revision) => show(await keepAgenda(token, intake, revision))} look={async () => show(await agenda(token))} />
        <section class="col tight" aria-labelledby="signed">
          <h3 id="signed">The attendance agreement</h3>
          <Signed partners={seen.partners} version={seen.agreement} />
        </section>
      </div>
    </details>
  );
}

function keptOf(seen: SeenAgenda): Kept {
  return { intake: seen.intake, revision: seen.intake_revision };
}
