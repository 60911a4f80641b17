import "../styles/desk.css";
import { render } from "preact";
import { reviews, type SessionRow, sessions, undelivered } from "../api/rest";
import { Opened, opening } from "../ui/open";
import { Page, Title } from "../ui/page";
import { WhySession } from "../ui/steps";
import { FOCUS, KIND, STATUS } from "../words/policy";
import { city, clockTime, day } from "../words/times";
import { word } from "../words/word";
import { Queue } from "./team/queue";
import { Unsent } from "./team/unsent";

const state = opening(async (token) => {
  const [listed, queue, unsent] = await Promise.all([sessions(token), reviews(token), undelivered(token)]);
  return { ...listed, queue, unsent };
});

function App() {
  return (
    <Opened opening={state.value}>
      {({ link, token, data }) => (
        <Page read speed={link.speed} aside={<a class="btn" href={`/messages#${token}`}>Messages sent</a>}>
          <div>
            <Title tab="Treatment team">Treatment team</Title>
            <p class="soft">Times as in {city(data.zone)}</p>
          </div>
          {data.unsent.length > 0 && <Unsent token={token} messages={data.unsent} />}
          <Queue token={token} reviews={data.queue} />
          <div class="list">
            <h2>Sessions</h2>
            <p class="soft">Today and the next five weeks</p>
          </div>
          {data.sessions.length === 0 && <p class="sheet">Nothing is planned in these weeks.</p>}
          {byDay(data.sessions, data.zone).map(([name, rows]) => (
            <section key={name} class="list" aria-label={name}>
              <h3 class="dayhead">{name}</h3>
              {rows.map((row) => (
                <Row key={row.id} row={row} zone={data.zone} token={token} />
              ))}
            </section>
          ))}
        </Page>
      )}
    </Opened>
  );
}

function Row({ row, zone, token }: { readonly row: SessionRow; readonly zone: string; readonly token: string }) {
  const off = row.status === "cancelled" || row.status === "rescheduled";
  return (
    <article class="sheet session">
      <div class="row">
        <time dateTime={row.starts_at}>{clockTime(row.starts_at, zone)}</time>
        <h4 class="grow">{row.title}</h4>
        <span class={off ? "chip amber" : "chip"}>{word(STATUS, row.status)}</span>
      </div>
      <p class="soft">
        {word(KIND, row.kind)} · {row.minutes} minutes{row.note && ` · ${word(FOCUS, row.note)}`}
      </p>
      <WhySession id={row.id} zone={zone} token={token} />
    </article>
  );
}

function byDay(rows: readonly SessionRow[], zone: string): [string, SessionRow[]][] {
  const days = new Map<string, SessionRow[]>();
  for (const row of rows) {
    const name = day(row.starts_at, zone);
    days.set(name, [...(days.get(name) ?? []), row]);
  }
  return [...days];
}

render(<App />, document.getElementById("app")!);
