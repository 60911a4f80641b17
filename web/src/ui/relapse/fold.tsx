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
  const staff = props.couple !== undefined;
  const title = say(staff ? "plan_theirs" : "plan");
  return (
    <section class="sheet" aria-label={title}>
      <h2>{title}</h2>
      <p class="soft">{say(staff ? "plan_theirs_soft" : "plan_soft")}</p>
      {Plan ? (
        <Plan {...props} />
      ) : (
        <button type="button" onClick={load}>
          {say(staff ? "plan_theirs_open" : "plan_open")}
        </button>
      )}
    </section>
  );
}
