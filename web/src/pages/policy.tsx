import "../styles/desk.css";
import "../styles/policy.css";
import { render } from "preact";
import { useState } from "preact/hooks";
import { inForce } from "../api/policy";
import { nameOf } from "../state/policyText";
import { Dialog } from "../ui/dialog";
import { Opened, opening } from "../ui/open";
import { Page, Title } from "../ui/page";
import { shortDay } from "../words/times";
import { AsFile } from "./policy/asFile";
import { Desk } from "./policy/desk";
import { Numbers } from "./policy/numbers";
import { Answers } from "./policy/trial";

const state = opening(async (token) => new Desk(token, await inForce(token)));

function App() {
  return (
    <Opened opening={state.value}>
      {({ link, data: desk }) => (
        <Page read speed={link.speed}>
          <div>
            <Title tab="Policy">The attendance policy</Title>
            <p class="soft">What Dyad does when somebody is missing. Try a change here: nothing counts until you say so.</p>
          </div>
          <Now desk={desk} />
          <Change desk={desk} />
          <Answers desk={desk} />
          <Count desk={desk} />
        </Page>
      )}
    </Opened>
  );
}

/** `harbour@3` as a person says it. */
function version(name: string): string {
  return name.replace("@", ", version ");
}

function Now({ desk }: { readonly desk: Desk }) {
  const force = desk.force.value;
  return (
    <section class="sheet" aria-labelledby="now">
      <div class="row wrap">
        <h2 id="now" class="grow">
          In force: {version(force.policy)}
        </h2>
        <code title="What names exactly this policy">{force.fingerprint}</code>
      </div>
      <p role="status">{desk.said.value}</p>
      {force.clauses.length > 0 && (
        <ul class="plain">
          {force.clauses.map((clause) => (
            <li key={clause.id}>
              <strong>{clause.id}</strong> {clause.because}
            </li>
          ))}
        </ul>
      )}
      {force.versions.length > 0 && (
        <details>
          <summary>Every version so far</summary>
          <ol class="plain">
            {force.versions.map((one) => (
              <li key={one.policy} class="row wrap">
                <span class="grow">
                  {version(one.policy)} · {shortDay(one.at, "UTC")}
                </span>
                <code>{one.fingerprint}</code>
              </li>
            ))}
          </ol>
        </details>
      )}
    </section>
  );
}

function Change({ desk }: { readonly desk: Desk }) {
  const doing = desk.doing.value;
  const readable = desk.checked.value !== null && desk.checked.value.faults.length === 0;
  return (
    <section class="sheet col" aria-labelledby="change">
      <h2 id="change">Try a change</h2>
      <Numbers desk={desk} />
      <AsFile desk={desk} />
      {desk.trouble.value && (
        <p class="notice" role="alert">
          {desk.trouble.value}
        </p>
      )}
      <div class="row wrap" role="status">
        {doing ? (
          <>
            <span class="grow">{doing}</span>
            <button class="small" type="button" onClick={() => desk.stop()}>
              Stop
            </button>
          </>
        ) : (
          <button class="wide primary" type="button" disabled={!readable || !desk.changed.value} onClick={() => void desk.try()}>
            Try this change
          </button>
        )}
      </div>
    </section>
  );
}

function Count({ desk }: { readonly desk: Desk }) {
  const [asking, setAsking] = useState(false);
  const [saving, setSaving] = useState(false);
  const trial = desk.trial.value;
  if (!trial?.proof?.proven) return null;
  const name = version(nameOf(trial.text) ?? "");
  const save = async () => {
    setSaving(true);
    await desk.adopt();
    setSaving(false);
    setAsking(false);
  };
  return (
    <section class="sheet">
      <button class="wide" type="button" disabled={desk.doing.value !== null} onClick={() => setAsking(true)}>
        Let it count from now on
      </button>
      {asking && (
        <Dialog title={`Let ${name} count?`} onClose={() => setAsking(false)}>
          <p class="soft">Every session that has not begun is decided by it from now on. A session that has begun keeps the policy it began under.</p>
          <div class="col tight">
            <button class="wide primary" type="button" disabled={saving} onClick={() => void save()}>
              {saving ? "One moment…" : "Let it count"}
            </button>
            <button class="wide" type="button" onClick={() => setAsking(false)}>
              Not yet
            </button>
          </div>
        </Dialog>
      )}
    </section>
  );
}

render(<App />, document.getElementById("app")!);
