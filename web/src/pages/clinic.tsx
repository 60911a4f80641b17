import "../styles/desk.css";
import "../styles/clinic.css";
import { render } from "preact";
import { overview } from "../api/clinic";
import { Opened, opening } from "../ui/open";
import { Again, Busy, Page } from "../ui/page";
import { AgreementPage } from "./clinic/agreement";
import { CouplePage } from "./clinic/couple";
import { CoupleListPage } from "./clinic/coupleList";
import { Desk } from "./clinic/desk";
import { Home } from "./clinic/home";
import { NewCouple, NewTherapist } from "./clinic/people";
import { ProgrammePage } from "./clinic/programme";
import { Trouble } from "./clinic/trouble";

const state = opening(async (token) => new Desk(token, await overview(token)));

function App() {
  return (
    <Opened opening={state.value}>
      {({ link, data }) => (
        <Page wide speed={link.speed} aside={<span class="soft">{link.name}</span>}>
          <p class="unseen" role="status">
            {data.said.value}
          </p>
          <Screen key={data.looks.value} desk={data} />
          <Trouble desk={data} />
        </Page>
      )}
    </Opened>
  );
}

function Screen({ desk }: { readonly desk: Desk }) {
  const screen = desk.screen.value;
  switch (screen.at) {
    case "programme":
      return <ProgrammePage desk={desk} />;
    case "agreement":
      return <AgreementPage desk={desk} />;
    case "therapist":
      return <NewTherapist desk={desk} />;
    case "new_couple":
      return <NewCouple desk={desk} />;
    case "couple_list":
      return <CoupleListPage desk={desk} />;
    case "couple":
      if (desk.couple.value?.id === screen.id) return <CouplePage desk={desk} couple={desk.couple.value} />;
      return desk.trouble.value ? <Again onAgain={() => desk.go(screen)} /> : <Busy words="One moment…" />;
    default:
      return <Home desk={desk} />;
  }
}

render(<App />, document.getElementById("app")!);
