import type { Differences, Proof, Year } from "../../api/policy";
import { decisionSaid, factsSaid, YEAR } from "../../words/tryPolicy";
import type { Desk } from "./desk";

const SHOWN = 6; // differences told at first

/** Three questions to a change, and their answers. */
export function Answers({ desk }: { readonly desk: Desk }) {
  const trial = desk.trial.value;
  if (!trial) return null;
  return (
    <>
      {trial.proof && <Safe proof={trial.proof} />}
      {trial.differences && <Different told={trial.differences} />}
      {trial.year && <AYear told={trial.year} />}
    </>
  );
}

function Safe({ proof }: { readonly proof: Proof }) {
  return (
    <section class="sheet" aria-labelledby="safe">
      <h2 id="safe">Is it safe?</h2>
      {proof.proven ? (
        <p class="row">
          <span class="dot" aria-hidden="true" />
          <span>
            <strong>Yes.</strong> For every situation that can arise, all {proof.claims} things that must always hold do.
          </span>
        </p>
      ) : (
        <>
          <p class="row">
            <span class="dot rose" aria-hidden="true" />
            <span>
              <strong>No, so it can’t count.</strong> {proof.broken.length === 1 ? "One thing that must always hold doesn’t:" : `${proof.broken.length} things that must always hold don’t:`}
            </span>
          </p>
          <ul class="cases">
            {proof.broken.map((broken) => (
              <li key={broken.claim} class="notice rose">
                <p>
                  <strong>{broken.says}</strong>
                </p>
                {broken.facts && <p>For example: {factsSaid(broken.facts)}</p>}
                {broken.decision && <p>{decisionSaid(broken.decision)}</p>}
                {broken.facts && <Facts name={broken.claim} facts={broken.facts} />}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

/** The example as a file, for `dyad policy decide --facts`. */
function Facts({ name, facts }: { readonly name: string; readonly facts: object }) {
  const href = `data:application/json;charset=utf-8,${encodeURIComponent(JSON.stringify(facts, null, 2))}`;
  return (
    <p>
      <a class="btn small" href={href} download={`${name}.json`}>
        These facts as a file
      </a>
    </p>
  );
}

function Different({ told }: { readonly told: Differences }) {
  const plain = [...told.differences].sort((a, b) => factsSaid(a.facts).length - factsSaid(b.facts).length); // the most ordinary first
  const [first, more] = [plain.slice(0, SHOWN), plain.slice(SHOWN)];
  return (
    <section class="sheet" aria-labelledby="different">
      <h2 id="different">What would be decided differently?</h2>
      {first.length === 0 && <p>Nothing by itself: only when something is due, or what counts, may differ.</p>}
      <Cases of={first} />
      {more.length > 0 && (
        <details>
          <summary>{more.length} more</summary>
          <Cases of={more} />
        </details>
      )}
    </section>
  );
}

function Cases({ of }: { readonly of: Differences["differences"] }) {
  return (
    <ul class="cases">
      {of.map((one, n) => (
        <li key={n}>
          <p>{factsSaid(one.facts)}</p>
          <dl>
            <dt>Now</dt>
            <dd>{decisionSaid(one.before)}</dd>
            <dt>Then</dt>
            <dd>{decisionSaid(one.after)}</dd>
          </dl>
        </li>
      ))}
    </ul>
  );
}

function AYear({ told }: { readonly told: Year }) {
  return (
    <section class="sheet" aria-labelledby="year">
      <h2 id="year">What would a year look like?</h2>
      <p class="soft">{Number(told.before["sessions"]).toLocaleString("en-US")} made-up sessions, the same ones under both.</p>
      <div class="wide-table" tabIndex={0} role="region" aria-label="A year, before and after">
        <table class="year">
          <thead>
            <tr>
              <th scope="col">Sessions and people</th>
              <th scope="col">Now</th>
              <th scope="col">Then</th>
              <th scope="col">Difference</th>
            </tr>
          </thead>
          <tbody>
            {Object.entries(YEAR).map(([key, words]) => (
              <Measure key={key} words={words} before={Number(told.before[key])} after={Number(told.after[key])} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Measure({ words, before, after }: { readonly words: string; readonly before: number; readonly after: number }) {
  const most = Math.max(before, after, 1);
  const difference = Math.round(after - before);
  const say = (number: number) => Math.round(number).toLocaleString("en-US");
  return (
    <tr>
      <th scope="row">
        {words}
        <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
          <rect class="was" x="0" y="0" width={(100 * before) / most} height="4" />
          <rect class="will" x="0" y="6" width={(100 * after) / most} height="4" />
        </svg>
      </th>
      <td>{say(before)}</td>
      <td>{say(after)}</td>
      <td>{difference === 0 ? "same" : `${difference > 0 ? "+" : "−"}${say(Math.abs(difference))}`}</td>
    </tr>
  );
}
