import type { Language } from "../../words/say";
import { sayIn } from "../../words/say";
import { usePlan } from "./section";

interface Props {
  readonly token: string;
  readonly couple?: string | undefined;
  readonly language: Language;
  readonly zone: string;
}

/** The plan on a page: folded until somebody opens it, so that it counts as open only while it is looked at. */
export function PlanFold(props: Props) {
  const { Plan, load } = usePlan();
  const say = sayIn(props.language);
  return (
    <section class="sheet" aria-label={say("plan")}>
      <h2>{say("plan")}</h2>
      <p class="soft">{say("plan_soft")}</p>
      {Plan ? (
        <Plan {...props} />
      ) : (
        <button type="button" onClick={load}>
          {say("plan_open")}
        </button>
      )}
    </section>
  );
}
