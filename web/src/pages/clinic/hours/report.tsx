import { useState } from "preact/hooks";
import type { Couple } from "../../../api/clinic";
import { type Period, report as fetchReport, type Report, reportFile, type ReportSession } from "../../../api/hours";
import type { Key } from "../../../api/weeks";
import { Text } from "../../../ui/fields";
import { OUTCOME } from "../../../words/policy";
import { parts } from "../../../words/hours";
import { duration, moment, wallOf } from "../../../words/times";
import { KIND } from "../../../words/week";
import type { Desk } from "../desk";
import { Claims } from "./claims";

const KEYS = ["a", "b"] as const;
const LONGEST = 365 * 86_400_000; // ms
const OVER = ["ended", "rescheduled", "cancelled"];

/** The attendance report of a period: to read here, and to keep as a file. */
export function ReportSheet({ desk, couple }: { readonly desk: Desk; readonly couple: Couple }) {
  const [period, setPeriod] = useState<Period>(() => soFar(couple));
  const [seen, setSeen] = useState<Report | null>(null);
  const set = (part: Partial<Period>) => (setPeriod({ ...period, ...part }), setSeen(null));
  const show = () => void desk.give(async () => setSeen(await fetchReport(desk.token, couple.id, period)), "Here is the report.");
  const keep = (kind: "csv" | "pdf") => void desk.give(() => reportFile(desk.token, couple.id, period, kind), "The file is with your downloads.");
  return (
    <section class="sheet col" aria-labelledby="report">
      <h2 id="report">Attendance report</h2>
      <form class="fields" onSubmit={(event) => (event.preventDefault(), show())}>
        <Text label="From" type="date" value={period.first} onValue={(first) => set({ first })} />
        <Text label="To, this day included" type="date" value={period.last} onValue={(last) => set({ last })} />
        <div class="row wrap wide-field">
          <button class={seen ? "" : "primary"} type="submit" disabled={desk.busy.value}>
            Show the report
          </button>
          <button type="button" disabled={desk.busy.value} onClick={() => keep("csv")}>
            Keep as a spreadsheet
          </button>
          <button type="button" disabled={desk.busy.value} onClick={() => keep("pdf")}>
            Keep as a PDF
          </button>
        </div>
      </form>
      {seen && <Shown report={seen} />}
    </section>
  );
}

/** From the first day of their programme, as far back as one report reaches. */
function soFar({ clinic, plan }: Couple): Period {
  const [last, back] = [Date.now(), Date.now() - LONGEST].map((at) => wallOf(at, clinic.zone).slice(0, 10)) as [string, string];
  return { first: plan.starts_on > last ? last : plan.starts_on < back ? back : plan.starts_on, last };
}

function Shown({ report }: { readonly report: Report }) {
  return (
    <>
      <div class="two">
        {KEYS.map((key) => (
          <dl key={key} class="facts" aria-label={report.names[key]}>
            <dt>{report.names[key]}</dt>
            <dd>
              <strong>{duration(report.totals[key].total)}</strong>
            </dd>
            <dt>Together</dt>
            <dd>{duration(report.totals[key].joint)}</dd>
            <dt>On their own</dt>
            <dd>
              {duration(report.totals[key].individual)}
              {report.totals[key].solo > 0 && <small> ({duration(report.totals[key].solo)} in place of together)</small>}
            </dd>
            <dt>In groups</dt>
            <dd>{duration(report.totals[key].group)}</dd>
          </dl>
        ))}
      </div>
      {report.sessions.length === 0 ? <p class="soft">No session in these days.</p> : <Sessions report={report} />}
      <Corrections report={report} />
      <Claims report={report} />
    </>
  );
}

function Sessions({ report }: { readonly report: Report }) {
  return (
    <details>
      <summary>{report.sessions.length === 1 ? "The one session" : `The ${report.sessions.length} sessions`}</summary>
      <div class="wide-table" tabIndex={0} role="region" aria-label="The sessions of these days">
        <table>
          <thead>
            <tr>
              <th scope="col">Session</th>
              {KEYS.map((key) => (
                <th key={key} scope="col">
                  {report.names[key]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {report.sessions.map((one) => (
              <tr key={one.id}>
                <th scope="row">
                  {moment(one.starts_at, report.zone)}
                  <small>
                    {KIND[one.kind]}, {one.minutes} min planned
                  </small>
                </th>
                {KEYS.map((key) => (
                  <td key={key}>{partSaid(one, key)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function Corrections({ report }: { readonly report: Report }) {
  const all = report.sessions.flatMap((session) => session.corrections.map((one) => ({ session, one })));
  if (all.length === 0) return null;
  return (
    <details>
      <summary>{all.length === 1 ? "One thing set right afterwards" : `${all.length} things set right afterwards`}</summary>
      <ul class="plain">
        {all.map(({ session, one }) => (
          <li key={`${session.id} ${one.at}`}>
            {report.names[one.who]}, {moment(session.starts_at, report.zone)}: {outcome(one.before)}, corrected to {outcome(one.after)}.
            {one.reason && <small class="block">“{one.reason}”</small>}
          </li>
        ))}
      </ul>
    </details>
  );
}

function partSaid(one: ReportSession, key: Key): string {
  const part = one.partners[key];
  if (!part) return "–";
  const said = part.outcome ? OUTCOME[part.outcome] : OVER.includes(one.status) ? "not held" : "to come";
  return part.total > 0 ? `${said}, ${parts(part)}` : said;
}

function outcome(one: ReportSession["corrections"][number]["before"]): string {
  return one ? OUTCOME[one] : "nothing";
}
