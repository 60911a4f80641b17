import "../styles/desk.css";
import "../styles/join.css";
import { useSignal } from "@preact/signals";
import { render } from "preact";
import { answer, type Answer, type AnswerPage, asked, goIn } from "../api/answer";
import { Refused } from "../api/rest";
import { REASONS } from "../protocol";
import { Elsewhere } from "../ui/elsewhere";
import { Opened, opening } from "../ui/open";
import { Message, Page, Title } from "../ui/page";
import { type Said, type Say, sayIn } from "../words/say";
import { city, clockTime, day, speak } from "../words/times";

const state = opening((token) => asked(token));

function App() {
  return <Opened opening={state.value}>{({ link, token, data }) => <Appointment speed={link.speed} token={token} first={data} />}</Opened>;
}

/** One appointment of one person, and what they say of it. */
function Appointment({ speed, token, first }: { readonly speed: number; readonly token: string; readonly first: AnswerPage }) {
  const page = useSignal(first);
  const step = useSignal<"answer" | "late" | "cant">("answer");
  const busy = useSignal(false);
  const trouble = useSignal("");
  const { value: one } = page;
  const say = sayIn(one.language);
  speak(one.language);
  const give = async (work: () => Promise<void>) => {
    busy.value = true;
    trouble.value = "";
    try {
      await work();
    } catch (error) {
      trouble.value = error instanceof Refused && one.language === "en" ? error.message : say("trouble");
    }
    busy.value = false;
  };
  const tell = (said: Answer) =>
    give(async () => {
      page.value = await answer(token, said);
      step.value = "answer";
    });
  const enter = () => give(async () => location.assign(`/join#${(await goIn(token)).token}`));
  const phone = one.phone && <a href={`tel:${one.phone.replace(/[^+\d]/g, "")}`}>{say("answer_call")}</a>;
  return (
    <Page speed={speed} foot={phone}>
      {trouble.value && (
        <p class="notice" role="alert">
          {trouble.value}
        </p>
      )}
      {one.state === "over" ? (
        <Message title={say(one.said === "cant" ? "answer_thanks" : "answer_over")} text={say("answer_over_soft")} />
      ) : step.value === "late" ? (
        <Late key="late" say={say} busy={busy.value} onBack={() => (step.value = "answer")} onSay={tell} />
      ) : step.value === "cant" ? (
        <Cant key="cant" say={say} busy={busy.value} onBack={() => (step.value = "answer")} onSay={tell} />
      ) : (
        <Choices key="answer" say={say} one={one} busy={busy.value} onSay={tell} onEnter={() => void enter()} onStep={(next) => (step.value = next)} />
      )}
    </Page>
  );
}

interface Saying {
  readonly say: Say;
  readonly busy: boolean;
  readonly onSay: (said: Answer) => Promise<void>;
}

function Choices(props: Saying & { readonly one: AnswerPage; readonly onEnter: () => void; readonly onStep: (step: "late" | "cant") => void }) {
  const { say, one, busy } = props;
  const thanks = one.state === "open" && one.said;
  return (
    <>
      <div class="lead">
        <Title tab={say("answer_tab")}>{say("answer_title", { day: day(one.starts_at, one.zone), time: clockTime(one.starts_at, one.zone) })}</Title>
        <p class="soft">{say("answer_soft", { count: one.minutes, city: city(one.zone) })}</p>
        <Elsewhere say={say} at={one.starts_at} zone={one.zone} />
      </div>
      <div role="status">
        {thanks && (
          <p class="sheet">
            <strong>{say(`answer_said_${thanks}`, { time: one.late_until ? clockTime(one.late_until, one.zone) : "" })}</strong>
            <br />
            <span class="soft">{say("answer_change")}</span>
          </p>
        )}
        {one.state === "begun" && <p class="sheet">{say("answer_begun")}</p>}
      </div>
      {one.open && one.said !== "cant" && (
        <button class="primary big wide" type="button" disabled={busy} onClick={props.onEnter}>
          {say("join")}
        </button>
      )}
      {one.state === "open" && (
        <div class="col tight">
          <button class={one.open || one.said === "yes" ? "big wide" : "primary big wide"} type="button" disabled={busy} aria-pressed={one.said === "yes"} onClick={() => void props.onSay({ said: "yes" })}>
            {say("answer_yes")}
          </button>
          <button class="big wide" type="button" disabled={busy} aria-pressed={one.said === "late"} onClick={() => props.onStep("late")}>
            {say("late")}
          </button>
          <button class="big wide" type="button" disabled={busy} aria-pressed={one.said === "cant"} onClick={() => props.onStep("cant")}>
            {say("cant")}
          </button>
        </div>
      )}
      <p class="soft">{say("answer_private")}</p>
    </>
  );
}

interface Step extends Saying {
  readonly onBack: () => void;
}

function Late({ say, busy, onSay, onBack }: Step) {
  return (
    <>
      <div class="lead">
        <Title tab={say("late")}>{say("late_title")}</Title>
        <p class="soft">{say("answer_late_soft")}</p>
      </div>
      <div class="grid2">
        {[5, 10, 15, 20].map((minutes) => (
          <button key={minutes} class="big" type="button" disabled={busy} onClick={() => void onSay({ said: "late", minutes })}>
            {say("late_minutes", { count: minutes })}
          </button>
        ))}
      </div>
      <Back say={say} onBack={onBack} />
    </>
  );
}

function Cant({ say, busy, onSay, onBack }: Step) {
  return (
    <>
      <div class="lead">
        <Title tab={say("cant")}>{say("cant_title")}</Title>
        <p class="soft">{say("cant_soft")}</p>
      </div>
      <div class="choices">
        {REASONS.map((reason) => (
          <button key={reason} type="button" disabled={busy} onClick={() => void onSay({ said: "cant", reason })}>
            {say(`reason_${reason}` as Said)}
          </button>
        ))}
      </div>
      <Back say={say} onBack={onBack} />
    </>
  );
}

function Back({ say, onBack }: { readonly say: Say; readonly onBack: () => void }) {
  return (
    <button class="wide quiet" type="button" onClick={onBack}>
      {say("back")}
    </button>
  );
}

render(<App />, document.getElementById("app")!);
