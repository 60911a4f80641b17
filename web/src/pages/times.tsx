import "../styles/desk.css";
import "../styles/times.css";
import { render } from "preact";
import { useState } from "preact/hooks";
import { answerProposal, proposal, type Proposal, type ProposalAnswer, Refused, type Wish } from "../api/rest";
import { Opened, opening } from "../ui/open";
import { Clinic, Message, Page, Title } from "../ui/page";
import { type Say, sayIn } from "../words/say";
import { city, clockTime, day, speak } from "../words/times";
import { Wishes } from "./times/wish";

const state = opening((token) => proposal(token));

function App() {
  return <Opened opening={state.value}>{({ link, token, data }) => <Times speed={link.speed} token={token} asked={data} />}</Opened>;
}

function Times({ speed, token, asked }: { readonly speed: number; readonly token: string; readonly asked: Proposal }) {
  const [answer, setAnswer] = useState<ProposalAnswer | null>(null);
  speak(asked.language);
  const say = sayIn(asked.language);
  return (
    <Page speed={speed} foot={<Clinic phone={asked.clinic_phone} words={say("call_clinic")} crisis={say("crisis_line")} />}>
      {answer ? (
        <Answered answer={answer} zone={asked.zone} say={say} />
      ) : asked.status === "open" ? (
        <Asked asked={asked} token={token} say={say} onAnswer={setAnswer} />
      ) : asked.status === "answered" ? (
        <Message title={say("times_answered")} text={say("times_answered_text")} />
      ) : (
        <Message title={say("times_closed")} text={say("times_closed_text")} />
      )}
    </Page>
  );
}

interface AskedProps {
  readonly asked: Proposal;
  readonly token: string;
  readonly say: Say;
  readonly onAnswer: (answer: ProposalAnswer) => void;
}

function Asked({ asked, token, say, onAnswer }: AskedProps) {
  const [wishing, setWishing] = useState(false);
  const [sending, setSending] = useState(false);
  const [trouble, setTrouble] = useState("");
  const send = async (accept: readonly number[], wishes: readonly Wish[]) => {
    setSending(true);
    setTrouble("");
    try {
      onAnswer(await answerProposal(token, accept, wishes));
    } catch (error) {
      setTrouble(error instanceof Refused ? error.message : say("not_reached"));
    }
    setSending(false);
  };
  const shared = { asked, say, sending, trouble };
  if (wishing) return <Wishes {...shared} onSend={(wishes) => void send([], wishes)} onBack={() => setWishing(false)} />;
  return <Pick {...shared} onPick={(accept) => void send(accept, [])} onNone={() => setWishing(true)} />;
}

interface PickProps {
  readonly asked: Proposal;
  readonly say: Say;
  readonly sending: boolean;
  readonly trouble: string;
  readonly onPick: (accept: readonly number[]) => void;
  readonly onNone: () => void;
}

function Pick({ asked, say, sending, trouble, onPick, onNone }: PickProps) {
  const [picked, setPicked] = useState<ReadonlySet<number>>(new Set());
  const toggle = (id: number) => setPicked((before) => new Set(before.has(id) ? [...before].filter((n) => n !== id) : [...before, id]));
  const count = picked.size;
  return (
    <>
      <div class="lead">
        <p class="soft">{say("hello", { name: asked.name })}</p>
        <Title tab={say("times_tab")}>{say("times_title")}</Title>
        <p class="soft">
          {say("times_soft")}
          {asked.answer_by && ` ${say("times_kept", { when: `${day(asked.answer_by, asked.zone)}, ${clockTime(asked.answer_by, asked.zone)}` })}`}
        </p>
      </div>
      <fieldset class="times">
        <legend>{say("times_legend", { minutes: asked.minutes, city: city(asked.zone) })}</legend>
        {asked.times.map((time) => (
          <label key={time.id} class="pick">
            <input type="checkbox" checked={picked.has(time.id)} onChange={() => toggle(time.id)} />
            <span>
              <strong>{day(time.starts_at, asked.zone)}</strong>
              <small>{clockTime(time.starts_at, asked.zone)}</small>
            </span>
          </label>
        ))}
      </fieldset>
      {trouble && (
        <p class="notice" role="alert">
          {trouble}
        </p>
      )}
      <div class="col tight">
        <button class="primary big wide" type="button" disabled={sending || count === 0} onClick={() => onPick([...picked])}>
          {say(count === 0 ? "times_none_chosen" : count === 1 ? "times_one_chosen" : "times_many_chosen", { count })}
        </button>
        <button class="wide" type="button" disabled={sending} onClick={onNone}>
          {say("times_none")}
        </button>
      </div>
      <p class="soft">{say("times_private")}</p>
    </>
  );
}

function Answered({ answer, zone, say }: { readonly answer: ProposalAnswer; readonly zone: string; readonly say: Say }) {
  if (answer.status === "booked" && answer.starts_at) {
    const when = say("day_at", { day: day(answer.starts_at, zone), time: clockTime(answer.starts_at, zone) });
    return <Message title={say("times_booked")} text={say("times_booked_text", { when, city: city(zone) })} />;
  }
  if (answer.status === "none_suit") return <Message title={say("times_none_thanks")} text={say("times_none_text")} />;
  return <Message title={say("times_thanks")} text={say("times_thanks_text")} />;
}

render(<App />, document.getElementById("app")!);
