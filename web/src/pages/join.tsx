import "../styles/join.css";
import "../styles/privacy.css";
import "../styles/room.css";
import { signal } from "@preact/signals";
import { render } from "preact";
import { useEffect } from "preact/hooks";
import { keptFor } from "../api/kept";
import { linkToken, redeem, type Redeemed, Refused } from "../api/rest";
import type { PartnerView } from "../protocol";
import { awake } from "../rtc/interrupted";
import { Line } from "../ui/line";
import { Busy, Clinic, Message, Page } from "../ui/page";
import { picturesReady } from "../ui/picture";
import { watching } from "../ui/signs";
import { ticking } from "../ui/tick";
import { Vanish } from "../ui/vanish";
import { closingWords, troubleOf } from "../words/people";
import { CheckScreen } from "./join/check";
import { Desk } from "./join/desk";
import { AbsenceScreen, LateScreen, LinkScreen } from "./join/link";
import { RoomScreen } from "./join/room";
import { type Screen, screenOf } from "./join/screen";
import { GuestScreen, HeldScreen, WaitingScreen } from "./join/waiting";
import { speakRoom, tell } from "../words/room";
import type { Language } from "../words/say";
import { speak } from "../words/times";

interface Trouble {
  readonly code: string;
  readonly message: string;
}

const trouble = signal<Trouble | null>(null);
const opened = signal<{ readonly link: Redeemed; readonly desk: Desk } | null>(null);

async function speakIn(language: Language): Promise<void> {
  await speakRoom(language);
  speak(language);
}

async function begin(): Promise<void> {
  const token = linkToken();
  await speakIn(navigator.language.startsWith("es") ? "es" : "en"); // until it is known whose link it is
  if (!token) {
    trouble.value = { code: "missing", message: "" };
    return;
  }
  try {
    const link = await redeem(token);
    const elsewhere = { therapist: "/console", team: "/team", administrator: "/policy" }[link.role as string] ?? (link.purpose === "proposal" ? "/times" : null);
    if (elsewhere) return location.replace(elsewhere + location.hash);
    await speakIn(link.language);
    const desk = new Desk(token, await keptFor(token));
    desk.clock.speed.value = link.speed;
    desk.live.start();
    opened.value = { link, desk };
  } catch (error) {
    const refused = error instanceof Refused ? error : new Refused("unreachable", String(error));
    trouble.value = { code: refused.code, message: refused.message };
  }
}

function App() {
  if (trouble.value) return <Stopped {...trouble.value} />;
  if (!opened.value) return <Page><Busy whole words={tell("One moment…")} /></Page>;
  return <Session link={opened.value.link} desk={opened.value.desk} />;
}

function Stopped({ code, message, phone = null }: Trouble & { readonly phone?: string | null }) {
  const { title, text } = troubleOf(code, message);
  const again = ["unreachable", "too_many_requests", "unavailable", "seat_taken", "internal"].includes(code);
  return (
    <Page foot={<Clinic phone={phone} />}>
      <Message title={title} text={text}>
        {again && (
          <p>
            <button class="primary" type="button" onClick={() => location.reload()}>
              {tell(code === "seat_taken" ? "Use this device" : "Try again")}
            </button>
          </p>
        )}
      </Message>
    </Page>
  );
}

function Session({ link, desk }: { readonly link: Redeemed; readonly desk: Desk }) {
  useEffect(() => ticking(desk.clock), []);
  useEffect(() => picturesReady(desk.media.streams, desk.media.plugged.speaker), []);
  useEffect(() => watching({ word: desk.word, away: () => desk.vanish(), help: () => desk.help() }), []);
  const view = desk.live.view.value;
  const phone = view?.session.clinic_phone ?? null;
  const ended = desk.live.ended.value;
  const screen = view && screenOf(view, desk.step.value, desk.opened.value);
  const here = screen === "waiting" || screen === "held" || screen === "room";
  useEffect(() => (here ? awake() : undefined), [here]);
  useEffect(() => {
    if (screen === "closing" || screen === "removed") desk.over();
    else if (ended) desk.close();
  }, [ended, screen]);
  if (ended && screen !== "closing") return <Stopped code={ended.type} message={ended.message} phone={phone} />;
  if (!view || !screen) return <Page speed={link.speed}><Busy whole words={tell("Hello {name}. One moment…", { name: link.name })} /></Page>;
  if (screen === "room") return <RoomScreen desk={desk} view={view} />;
  return (
    <Page speed={view.speed} aside={<Vanish desk={desk} />} foot={<Clinic phone={phone} />}>
      <Line phase={desk.live.phase.value} away={tell("Your connection is away. We’re trying again; your place is kept.")} />
      {desk.trouble.value && (
        <p class="notice" role="alert">
          {desk.trouble.value}
        </p>
      )}
      <Shown key={screen} screen={screen} desk={desk} view={view} />
    </Page>
  );
}

function Shown({ screen, desk, view }: { readonly screen: Screen; readonly desk: Desk; readonly view: PartnerView }) {
  const host = view.host.name;
  switch (screen) {
    case "late":
      return <LateScreen desk={desk} view={view} />;
    case "absence":
      return <AbsenceScreen desk={desk} />;
    case "check":
      return <CheckScreen desk={desk} view={view} />;
    case "waiting":
      return <WaitingScreen desk={desk} view={view} />;
    case "guest":
      return <GuestScreen desk={desk} view={view} />;
    case "held":
      return <HeldScreen desk={desk} view={view} />;
    case "back":
      return <Back title={tell("Welcome back, {name}.", { name: view.you.name })} text={tell("Your place is kept.")} go={tell("Go back in")} onGo={() => void desk.comeBack()} />;
    case "left":
      return <Back title={tell("You’ve left.")} text={tell("{host} knows. You can come back if you like.", { host })} go={tell("Come back")} onGo={() => void desk.check()} />;
    case "closing":
      return <Message {...closingWords(view.closing ?? "ended", host)} />;
    case "removed":
      return <Message {...troubleOf("removed", "")} />;
    default:
      return <LinkScreen desk={desk} view={view} />;
  }
}

function Back(props: { readonly title: string; readonly text: string; readonly go: string; readonly onGo: () => void }) {
  return (
    <Message title={props.title} text={props.text}>
      <p>
        <button class="primary big wide" type="button" onClick={props.onGo}>
          {props.go}
        </button>
      </p>
    </Message>
  );
}

addEventListener("pagehide", () => opened.value?.desk.close());
render(<App />, document.getElementById("app")!);
void begin();
