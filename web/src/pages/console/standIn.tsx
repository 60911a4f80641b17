import { useEffect, useState } from "preact/hooks";
import { type Hosting, hosting, Refused, takeOver } from "../../api/rest";
import { Busy, Clinic, Message, Page } from "../../ui/page";
import { KIND } from "../../words/policy";
import { clockTime, shortDay } from "../../words/times";
import { word } from "../../words/word";

const LOOK = 3_000; // ms between two looks at who holds it

/** Somebody else holds this session, or nobody does: whoever may stand in sees which, and takes it over. */
export function StandIn({ token }: { readonly token: string }) {
  const [told, setTold] = useState<Hosting | null>(null);
  const [trouble, setTrouble] = useState("");
  const [asking, setAsking] = useState(false);
  useEffect(() => {
    const look = () => void hosting(token).then((found) => (found.hosting ? location.reload() : setTold(found)), () => undefined);
    look();
    const timer = setInterval(look, LOOK);
    return () => clearInterval(timer);
  }, []);
  const take = async () => {
    setAsking(true);
    try {
      await takeOver(token);
      location.reload();
    } catch (error) {
      setTrouble(error instanceof Refused ? error.message : "");
      setAsking(false);
    }
  };
  if (!told) return <Page><Busy whole words="One moment…" /></Page>;
  const open = !told.host_here && !told.over;
  return (
    <Page foot={<Clinic phone={null} />}>
      <Message
        title={told.over ? "This session is over." : told.host_here ? `${told.host} is holding this session.` : `${told.host} isn’t there.`}
        text={`${told.title} · ${word(KIND, told.kind)} · ${shortDay(told.starts_at, told.zone)}, ${clockTime(told.starts_at, told.zone)}, ${told.minutes} minutes`}
      >
        <p role="status">
          {open
            ? `Hello ${told.name}. If you take over, the people who wait see your name, and you let them in. What was noted stays.`
            : told.over
              ? ""
              : "You can take it over here if they lose the connection. You don’t need to do anything now."}
        </p>
        {trouble && (
          <p class="notice" role="alert">
            {trouble}
          </p>
        )}
        {open && (
          <p>
            <button class="primary big wide" type="button" disabled={asking} onClick={() => void take()}>
              Take this session over
            </button>
          </p>
        )}
      </Message>
    </Page>
  );
}
