import "../styles/desk.css";
import { render } from "preact";
import { useState } from "preact/hooks";
import { answerProposal, proposal, type Proposal, type ProposalAnswer, Refused } from "../api/rest";
import { Opened, opening } from "../ui/open";
import { Clinic, Message, Page, Title } from "../ui/page";
import { city, clockTime, day, partOfDay, shortTime } from "../words/times";

const state = opening((token) => proposal(token));

function App() {
  return <Opened opening={state.value}>{({ link, token, data }) => <Times speed={link.speed} token={token} asked={data} />}</Opened>;
}

function Times({ speed, token, asked }: { readonly speed: number; readonly token: string; readonly asked: Proposal }) {
  const [answer, setAnswer] = useState<ProposalAnswer | null>(null);
  return (
    <Page speed={speed} foot={<Clinic phone={asked.clinic_phone} />}>
      {answer ? (
        <Answered answer={answer} zone={asked.zone} />
      ) : asked.status === "open" ? (
        <Pick asked={asked} token={token} onAnswer={setAnswer} />
      ) : asked.status === "answered" ? (
        <Message title="You’ve already answered" text="Thank you. As soon as the time is settled, you’ll get a message. You don’t need to do anything more." />
      ) : (
        <Message title="These times are no longer open" text="If a new time isn’t settled yet, you’ll get a message with other times. You can also call the clinic." />
      )}
    </Page>
  );
}

function Pick(props: { readonly asked: Proposal; readonly token: string; readonly onAnswer: (answer: ProposalAnswer) => void }) {
  const { asked } = props;
  const [picked, setPicked] = useState<ReadonlySet<number>>(new Set());
  const [sending, setSending] = useState(false);
  const [trouble, setTrouble] = useState("");
  const send = async (accept: readonly number[]) => {
    setSending(true);
    setTrouble("");
    try {
      props.onAnswer(await answerProposal(props.token, accept));
    } catch (error) {
      setTrouble(error instanceof Refused ? error.message : "That didn’t reach us. Please try again.");
    }
    setSending(false);
  };
  const toggle = (id: number) => setPicked((before) => new Set(before.has(id) ? [...before].filter((n) => n !== id) : [...before, id]));
  const count = picked.size;
  return (
    <>
      <div class="lead">
        <p class="soft">Hello {asked.name}</p>
        <Title tab="New times">Which of these times work for you?</Title>
        <p class="soft">
          Choose as many as you can: that makes it easier to find one.
          {asked.answer_by && ` We keep them for you until ${day(asked.answer_by, asked.zone)}, ${clockTime(asked.answer_by, asked.zone)}.`}
        </p>
      </div>
      <fieldset class="times">
        <legend>
          {asked.minutes} minutes each · {city(asked.zone)} time
        </legend>
        {asked.times.map((time) => (
          <label key={time.id} class="pick">
            <input type="checkbox" checked={picked.has(time.id)} onChange={() => toggle(time.id)} />
            <span>
              <strong>{day(time.starts_at, asked.zone)}</strong>
              <small>
                {shortTime(time.starts_at, asked.zone)} {partOfDay(time.starts_at, asked.zone)}
              </small>
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
        <button class="primary big wide" type="button" disabled={sending || count === 0} onClick={() => void send([...picked])}>
          {count === 0 ? "Choose a time above" : count === 1 ? "This time works for me" : `These ${count} times work for me`}
        </button>
        <button class="wide" type="button" disabled={sending} onClick={() => void send([])}>
          None of these work
        </button>
      </div>
      <p class="soft">Only your care team sees what you choose.</p>
    </>
  );
}

function Answered({ answer, zone }: { readonly answer: ProposalAnswer; readonly zone: string }) {
  if (answer.status === "booked" && answer.starts_at) {
    const when = `${day(answer.starts_at, zone)} at ${clockTime(answer.starts_at, zone)}`;
    return <Message title="Your new time is set." text={`${when}, ${city(zone)} time. You’ll get a message with a calendar entry and your link.`} />;
  }
  if (answer.status === "none_suit")
    return <Message title="Thank you for telling us." text="We’ll look for other times and write to you. You don’t need to do anything until then." />;
  return <Message title="Thank you, that’s all we need." text="As soon as the time is settled, you’ll get a message with a calendar entry. You don’t need to do anything more." />;
}

render(<App />, document.getElementById("app")!);
