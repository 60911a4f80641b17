import "../styles/desk.css";
import { Fragment, render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { type SentMessage, sentMessages } from "../api/rest";
import { Opened, opening } from "../ui/open";
import { Page, Title } from "../ui/page";

const EVERY = 4_000;
const state = opening((token) => sentMessages(token));

function App() {
  return (
    <Opened opening={state.value}>
      {({ link, token, data }) => <Messages speed={link.speed} token={token} first={data.messages} />}
    </Opened>
  );
}

function Messages({ speed, token, first }: { readonly speed: number; readonly token: string; readonly first: readonly SentMessage[] }) {
  const [messages, setMessages] = useState(first);
  useEffect(() => {
    const look = () => void sentMessages(token).then((found) => setMessages(found.messages), () => undefined);
    const timer = setInterval(look, EVERY);
    return () => clearInterval(timer);
  }, [token]);
  return (
    <Page read speed={speed} aside={<a class="btn" href={`/team#${token}`}>Sessions</a>}>
      <div>
        <Title tab="Messages">Messages sent</Title>
        <p class="soft">This is a demo: mail is shown here instead of being sent. Newest first.</p>
      </div>
      <div class="list" role="feed" aria-busy="false" aria-label="Messages">
        {messages.length === 0 && <p class="sheet">Nothing has been sent yet.</p>}
        {messages.map((message) => (
          <Mail key={message.id} message={message} />
        ))}
      </div>
    </Page>
  );
}

function Mail({ message }: { readonly message: SentMessage }) {
  const heading = `mail-${message.id.replace(/[^A-Za-z0-9_-]/g, "-")}`;
  return (
    <article class="sheet mail" aria-labelledby={heading} tabIndex={0}>
      <div class="row">
        <h2 id={heading}>{message.subject}</h2>
        <span class="chip">to {message.to}</span>
      </div>
      <p class="text">
        <Linked text={message.text} links={message.links} />
      </p>
      {message.ics && <Calendar ics={message.ics} cancels={message.ics_method === "CANCEL"} />}
    </article>
  );
}

/** The text with its addresses made links. */
function Linked({ text, links }: { readonly text: string; readonly links: readonly string[] }) {
  const parts = text.split(/(https?:\/\/[^\s<>"]+)/);
  return (
    <>
      {parts.map((part, n) => (
        <Fragment key={n}>
          {links.includes(part) ? (
            <a href={part} target="_blank" rel="noreferrer">
              {part.replace(/#.{12,}$/, "#…")}
            </a>
          ) : (
            part
          )}
        </Fragment>
      ))}
    </>
  );
}

function Calendar({ ics, cancels }: { readonly ics: string; readonly cancels: boolean }) {
  const [address, setAddress] = useState("");
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([ics], { type: "text/calendar;charset=utf-8" }));
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [ics]);
  return (
    <p>
      <a class="btn" href={address} download={cancels ? "cancelled.ics" : "session.ics"}>
        Calendar file{cancels ? " (cancels)" : ""}
      </a>
    </p>
  );
}

render(<App />, document.getElementById("app")!);
