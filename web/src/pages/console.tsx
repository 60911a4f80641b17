import "../styles/console.css";
import "../styles/privacy.css";
import "../styles/room.css";
import { signal } from "@preact/signals";
import { render } from "preact";
import { useEffect } from "preact/hooks";
import { keptFor } from "../api/kept";
import { linkToken, redeem, Refused } from "../api/rest";
import type { TherapistView } from "../protocol";
import { awake } from "../rtc/interrupted";
import { Line } from "../ui/line";
import { Brand, Busy, Clinic, Demo, Message, Page } from "../ui/page";
import { picturesReady } from "../ui/picture";
import { ticking } from "../ui/tick";
import { clockWords } from "../words/clock";
import { isOver, joint, names, standing } from "../words/console";
import { troubleOf } from "../words/people";
import { ATTENDANCE, FOCUS, KIND, STATUS } from "../words/policy";
import { clockTime, day, shortTime } from "../words/times";
import { word } from "../words/word";
import { FirstSession } from "./console/agenda";
import { Announce, Card } from "./console/card";
import { Desk } from "./console/desk";
import { Aside, MoreTime } from "./console/aside";
import { Company } from "./console/company";
import { Approval, FollowUps, History, Rescheduling } from "./console/facts";
import { Room } from "./console/room";
import { Roster } from "./console/roster";
import { Signs } from "./console/signs";
import { StandIn } from "./console/standIn";
import { Terms } from "./console/terms";

const SOON = 15 * 60_000; // this long before the start, camera and sound come on by themselves

const trouble = signal<{ readonly code: string; readonly message: string } | null>(null);
const opened = signal<Desk | null>(null);

async function begin(): Promise<void> {
  const token = linkToken();
  try {
    if (!token) throw new Refused("missing", "");
    const link = await redeem(token);
    if (link.role !== "therapist") return location.replace((link.role === "team" ? "/team" : "/join") + location.hash);
    const desk = new Desk(token, await keptFor(token));
    desk.clock.speed.value = link.speed;
    desk.live.start();
    opened.value = desk;
  } catch (error) {
    trouble.value = error instanceof Refused ? error : { code: "unreachable", message: "" };
  }
}

function App() {
  if (trouble.value) return <Stopped {...trouble.value} />;
  const desk = opened.value;
  if (!desk) return <Page><Busy whole words="One moment…" /></Page>;
  const ended = desk.live.ended.value;
  if (ended?.type === "not_hosting") return <StandIn token={desk.token} />;
  if (ended) return <Stopped code={ended.type} message={ended.message} />;
  const view = desk.live.view.value;
  return view ? <Console desk={desk} view={view} /> : <Page><Busy whole words="One moment…" /></Page>;
}

function Stopped({ code, message }: { readonly code: string; readonly message: string }) {
  const { title, text } = troubleOf(code, message);
  return (
    <Page foot={<Clinic phone={null} />}>
      <Message title={title} text={text}>
        {!code.startsWith("link_") && code !== "missing" && (
          <p>
            <button class="primary" type="button" onClick={() => location.reload()}>
              {code === "seat_taken" ? "Use this device" : "Try again"}
            </button>
          </p>
        )}
      </Message>
    </Page>
  );
}

function Console({ desk, view }: { readonly desk: Desk; readonly view: TherapistView & { readonly speed: number } }) {
  const over = isOver(view);
  useEffect(() => ticking(desk.clock), []);
  useEffect(() => picturesReady(desk.media.streams, desk.media.plugged.speaker), []);
  useEffect(() => desk.keepListing(), []);
  useEffect(() => (over ? undefined : awake()), [over]);
  useEffect(() => {
    if (!over && Date.parse(view.session.starts_at) - desk.clock.read() < SOON) void desk.turnOn();
  }, []);
  useEffect(() => {
    if (over) desk.over();
  }, [over]);
  return (
    <>
      <Demo speed={view.speed} />
      <Announce desk={desk} view={view} />
      <main class="app">
        <Head desk={desk} view={view} />
        <aside class="side" aria-label="Who is here, and what is asked">
          <Line phase={desk.live.phase.value} away="Your connection is away. Trying again; Dyad keeps watch meanwhile." />
          {desk.trouble.value && (
            <p class="notice" role="alert">
              {desk.trouble.value}
            </p>
          )}
          {!over && <Signs desk={desk} view={view} />}
          {view.card && <Card key={view.card.id} desk={desk} view={view} card={view.card} />}
          {!view.card && (
            <p class="sheet standing" role="status">
              <span class={view.ready ? "dot" : "dot out"} aria-hidden="true" />
              <span>
                <strong>{standing(view)}</strong>
                {view.stance && !over && (
                  <>
                    <br />
                    <small>{next(view)}</small>
                  </>
                )}
              </span>
            </p>
          )}
          {!over && <Aside desk={desk} view={view} />}
          <MoreTime desk={desk} view={view} />
          <Roster desk={desk} view={view} />
          <Company desk={desk} view={view} />
          {view.session.kind === "intake" && <FirstSession token={desk.token} begun={view.started_at !== null} />}
          {view.rescheduling && <Rescheduling view={view} times={view.rescheduling} />}
          <FollowUps view={view} />
          {!over && view.session.kind === "couples" && <Approval desk={desk} view={view} />}
          {!over && !view.started_at && !view.solo_started_at && <Terms desk={desk} view={view} />}
          <History view={view} />
        </aside>
        <Room desk={desk} view={view} />
        <Today desk={desk} view={view} />
      </main>
    </>
  );
}

function next(view: TherapistView): string {
  if (view.stance?.action === "wait" && view.wait_until) return "Nothing is needed from you until then.";
  return view.ready ? "" : "Nothing is needed from you now.";
}

function Head({ desk, view }: { readonly desk: Desk; readonly view: TherapistView }) {
  const { session, you } = view;
  const now = desk.clock.now.value;
  const toGo = Math.ceil((Date.parse(session.starts_at) - now) / 60_000);
  const time = toGo > 0 && !view.started_at ? `starts in ${toGo} min` : clockWords(session, now);
  const together = Math.floor(view.co_present_minutes);
  return (
    <header>
      <Brand />
      <h1 tabIndex={-1}>{session.kind === "group" ? `Group of ${view.partners.length}` : view.partners.map((row) => row.name).join(" & ")}</h1>
      <span class="chip">{STATUS[session.status]}</span>
      <span class="soft about">
        {[KIND[session.kind], names(view.focus.map((focus) => FOCUS[focus])), joint(view) && ATTENDANCE[view.attendance].toLowerCase()].filter(Boolean).join(" · ")}
      </span>
      <span class="soft clockline">
        {[clockTime(now, you.zone), isOver(view) ? "" : time, together > 0 && `${together} min together`].filter(Boolean).join(" · ")}
      </span>
    </header>
  );
}

function Today({ desk, view }: { readonly desk: Desk; readonly view: TherapistView }) {
  const zone = view.you.zone;
  return (
    <nav class="today" aria-labelledby="today">
      <h2 id="today">Today</h2>
      <small>{day(desk.clock.now.value, zone)}</small>
      <ul>
        {desk.today.value.map((row) => (
          <li key={row.id} aria-current={row.id === view.id || row.current ? "true" : undefined}>
            <strong>{shortTime(row.starts_at, zone)}</strong> · {row.title}
            <small>
              {word(KIND, row.kind)} · {row.current ? STATUS[view.session.status] : word(STATUS, row.status)}
            </small>
          </li>
        ))}
      </ul>
    </nav>
  );
}

addEventListener("pagehide", () => {
  opened.value?.settle();
  opened.value?.close();
});
render(<App />, document.getElementById("app")!);
void begin();
