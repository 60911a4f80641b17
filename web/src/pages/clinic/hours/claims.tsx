import type { Claim, Report } from "../../../api/hours";
import type { Key } from "../../../api/weeks";
import { CODE } from "../../../words/hours";
import { duration, moment, plainDate } from "../../../words/times";
import { KIND } from "../../../words/week";
import { word } from "../../../words/word";

interface Group {
  readonly who: Key;
  readonly code: string;
  readonly claims: readonly Claim[];
}

/** What claims could rest on, by code. Hints, and said to be no more; each opens to the minutes that it rests on. */
export function Claims({ report }: { readonly report: Report }) {
  const groups = grouped(report.claims);
  return (
    <section class="col tight" aria-labelledby="claims">
      <h3 id="claims">Hints for billing</h3>
      <p class="soft">Hints only, from measured minutes. Nothing is sent anywhere; whoever bills decides what applies.</p>
      {groups.length === 0 && <p class="soft">No minutes in these days that a hint could rest on.</p>}
      <ul class="claims">
        {groups.map((one) => (
          <li key={`${one.code} ${one.who}`}>
            <details>
              <summary>
                <strong>{one.code}</strong>
                <span class="grow">
                  {report.names[one.who]}: {one.claims.length} ×, {duration(one.claims.reduce((sum, claim) => sum + claim.minutes, 0))}
                  <small class="block">{word(CODE, one.code)}</small>
                </span>
              </summary>
              <ul class="plain restson">
                {one.claims.map((claim) => (
                  <RestsOn key={`${claim.day} ${claim.sessions.join()}`} claim={claim} report={report} />
                ))}
              </ul>
            </details>
          </li>
        ))}
      </ul>
    </section>
  );
}

function RestsOn({ claim, report }: { readonly claim: Claim; readonly report: Report }) {
  const sessions = report.sessions.filter((one) => claim.sessions.includes(one.id));
  return (
    <li>
      {plainDate(claim.day)}: {claim.minutes} min
      {sessions.map((one) => {
        const part = one.partners[claim.who];
        return (
          <small key={one.id} class="block">
            {KIND[one.kind]}, {moment(one.starts_at, report.zone)}, {claim.code === "90846" ? part?.without : part?.total} of {one.minutes} min planned
          </small>
        );
      })}
    </li>
  );
}

function grouped(claims: readonly Claim[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const one of claims) {
    const key = `${one.code} ${one.who}`;
    groups.set(key, { who: one.who, code: one.code, claims: [...(groups.get(key)?.claims ?? []), one] });
  }
  return [...groups.entries()].sort(([one], [other]) => one.localeCompare(other)).map(([, group]) => group);
}
