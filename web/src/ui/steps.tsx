import { useState } from "preact/hooks";
import { explain, type Step } from "../api/rest";
import { ACTION, clauseWords } from "../words/policy";
import { clockTime } from "../words/times";

/** One decision: what, the sentence with its facts, the clause behind it, and whose policy it was. */
export function Decided(props: {
  readonly at: string;
  readonly zone: string;
  readonly what: string;
  readonly because: string | null;
  readonly clause: string | null;
  readonly policy: string | null;
}) {
  return (
    <li>
      <strong>
        <time dateTime={props.at}>{clockTime(props.at, props.zone)}</time> · {props.what}
      </strong>
      {props.because && <p>{props.because}</p>}
      {props.clause && (
        <p>
          <small>
            {clauseWords(props.clause)} Clause {props.clause}
            {props.policy && `, policy ${props.policy.replace("@", ", version ")}`}.
          </small>
        </p>
      )}
    </li>
  );
}

/** Why a session went as it did, fetched when somebody asks. */
export function WhySession(props: { readonly id: string; readonly zone: string; readonly token: string }) {
  const [steps, setSteps] = useState<readonly Step[] | null>(null);
  const [trouble, setTrouble] = useState(false);
  const load = () => {
    if (!steps) explain(props.token, props.id).then((found) => setSteps(found.steps), () => setTrouble(true));
  };
  const decided = steps?.filter((step) => step.clause) ?? [];
  return (
    <details onToggle={(event) => event.currentTarget.open && load()}>
      <summary>What Dyad decided, and why</summary>
      {trouble && <p role="alert">That can’t be shown right now.</p>}
      {steps && decided.length === 0 && <p class="soft">Nothing yet.</p>}
      <ol class="steps">
        {decided.map((step) => (
          <Decided key={step.seq} zone={props.zone} at={step.at} what={step.action ? ACTION[step.action] : (step.what[0] ?? "").toUpperCase() + step.what.slice(1)} because={step.because} clause={step.clause} policy={step.policy} />
        ))}
      </ol>
    </details>
  );
}
