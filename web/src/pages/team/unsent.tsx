import { useRef, useState } from "preact/hooks";
import { Refused, settleUndelivered, type Undelivered } from "../../api/rest";
import { whatWas } from "../../words/messages";

const SAID = { replay: "It is tried again now. If it fails once more, it comes back here.", discard: "It is off the list." };

/** What was tried for as long as it was any use, and did not go out: somebody may be waiting to hear. */
export function Unsent({ token, messages }: { readonly token: string; readonly messages: readonly Undelivered[] }) {
  const [left, setLeft] = useState(messages);
  const [said, setSaid] = useState("");
  const heading = useRef<HTMLHeadingElement>(null);
  const settled = (id: string, how: keyof typeof SAID) => {
    setLeft(left.filter((other) => other.id !== id));
    setSaid(SAID[how]);
    heading.current?.focus(); // the button that had it is gone
  };
  return (
    <section class="list" aria-labelledby="unsent">
      <h2 id="unsent" ref={heading} tabIndex={-1}>
        Messages that did not go out
      </h2>
      <p class="soft" role="status">
        {said || "Nobody was told these. Try them again, or call."}
      </p>
      {left.map((message) => (
        <Message key={message.id} token={token} message={message} onSettled={settled} />
      ))}
    </section>
  );
}

interface Props {
  readonly token: string;
  readonly message: Undelivered;
  readonly onSettled: (id: string, how: keyof typeof SAID) => void;
}

function Message({ token, message, onSettled }: Props) {
  const [trouble, setTrouble] = useState("");
  const [busy, setBusy] = useState(false);
  const settle = async (how: keyof typeof SAID) => {
    setBusy(true);
    try {
      await settleUndelivered(token, message.id, how);
      onSettled(message.id, how);
    } catch (error) {
      setTrouble(error instanceof Refused ? error.message : "That did not work. Please try again.");
      setBusy(false);
    }
  };
  const what = whatWas(message.what);
  const whom = message.to && ` for ${message.to}`;
  return (
    <article class="sheet unsent" aria-label={`${what}${whom}`}>
      <h3>
        {what}
        {whom}
      </h3>
      <p class="soft">
        {message.tries === 0 ? "Tried once" : `Tried ${message.tries + 1} times`}: {message.why}.
      </p>
      <p role="alert">{trouble}</p>
      <div class="row wrap">
        <button class="primary" type="button" disabled={busy} onClick={() => void settle("replay")}>
          Try again
        </button>
        <button type="button" disabled={busy} onClick={() => void settle("discard")}>
          Take it off the list
        </button>
      </div>
    </article>
  );
}
