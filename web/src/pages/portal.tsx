import "../styles/desk.css";
import "../styles/clinic.css";
import "../styles/portal.css";
import { render } from "preact";
import { useEffect } from "preact/hooks";
import { portal } from "../api/portal";
import { Opened, opening } from "../ui/open";
import { OwnTimesFold } from "../ui/own/fold";
import { Page, Title } from "../ui/page";
import { PlanFold } from "../ui/relapse/fold";
import { Trouble } from "./clinic/trouble";
import { Agreement } from "./portal/agreement";
import { Desk } from "./portal/desk";
import { Offers } from "./portal/earlier";
import { After, Next } from "./portal/next";
import { OwnWeek } from "./portal/ownWeek";
import { Reminders } from "./portal/reminders";
import { Settings } from "./portal/settings";
import { Shared } from "./portal/shared";
import { Together } from "./portal/together";

const state = opening(async (token) => new Desk(token, await portal(token)));
const AGAIN = 60_000; // ms after which the page looks whether something has changed

function App() {
  return <Opened opening={state.value}>{({ link, data }) => <Own desk={data} speed={link.speed} />}</Opened>;
}

function Own({ desk, speed }: { readonly desk: Desk; readonly speed: number }) {
  const { value: page } = desk.page;
  const { value: say } = desk.say;
  useEffect(() => {
    const look = () => void (document.hidden || desk.busy.value || desk.refresh());
    const timer = setInterval(look, AGAIN);
    document.addEventListener("visibilitychange", look);
    return () => (clearInterval(timer), document.removeEventListener("visibilitychange", look));
  }, [desk]);
  return (
    <Page
      speed={speed}
      foot={
        <span>
          {say("calls", { clinic: page.clinic.name })} <a href={`tel:${page.clinic.phone.replace(/[^+\d]/g, "")}`}>{page.clinic.phone}</a>
        </span>
      }
    >
      <p class="unseen" role="status">
        {desk.said.value}
      </p>
      <div>
        <Title tab={say("tab")}>{say("hello", { name: page.name })}</Title>
        <p class="soft">{page.week < 1 ? say("begins_soon") : `${say("week_of", { week: Math.min(page.week, page.weeks), weeks: page.weeks })} · ${page.phase}`}</p>
      </div>
      <Trouble desk={desk} />
      <Offers desk={desk} />
      <Next desk={desk} />
      {!page.agreement.signed && <Agreement desk={desk} />}
      <After desk={desk} />
      <OwnWeek desk={desk} />
      <Together desk={desk} />
      <Shared desk={desk} />
      <PlanFold token={desk.token} language={page.language} zone={page.zone} />
      {page.agreement.signed && <Agreement desk={desk} />}
      <OwnTimesFold token={desk.token} language={page.language} stays />
      <Reminders desk={desk} />
      <Settings desk={desk} />
    </Page>
  );
}

render(<App />, document.getElementById("app")!);
