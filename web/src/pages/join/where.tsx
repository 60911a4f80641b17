import { useState } from "preact/hooks";
import { Refused } from "../../api/rest";
import { tellWhereabouts } from "../../api/whereabouts";
import { Dialog } from "../../ui/dialog";
import { Text } from "../../ui/fields";
import type { Desk } from "./desk";
import { refusal, tell } from "../../words/room";

/** Asked afresh each time and never filled in from before: whoever holds this phone reads nothing here. */
export function WhereDialog({ desk, host, onClose }: { readonly desk: Desk; readonly host: string; readonly onClose: () => void }) {
  const [place, setPlace] = useState("");
  const [contact, setContact] = useState("");
  const [phone, setPhone] = useState("");
  const [trouble, setTrouble] = useState("");
  const [busy, setBusy] = useState(false);
  const send = async (event: Event) => {
    event.preventDefault();
    if (!place.trim()) return setTrouble(tell("Please say where you are: an address, or how to find you."));
    setBusy(true);
    try {
      await tellWhereabouts(desk.token, { place: place.trim(), contact: contact.trim(), phone: phone.trim() });
      onClose();
    } catch (error) {
      setTrouble(error instanceof Refused ? refusal(error.message) : tell("That didn’t go through. Please try again."));
      setBusy(false);
    }
  };
  return (
    <Dialog title={tell("Where are you right now?")} onClose={onClose}>
      <p class="soft">{tell("So that help finds you if you ever need it. Only {host} reads this, and it’s deleted twelve hours after the session.", { host })}</p>
      <form class="col tight" noValidate onSubmit={(event) => void send(event)}>
        <Text label={tell("Where you are")} hint={tell("An address, or how somebody would find you")} value={place} onValue={setPlace} />
        <Text label={tell("Somebody we could call")} hint={tell("Not your partner, if you can. May stay empty.")} value={contact} onValue={setContact} />
        <Text label={tell("Their phone number")} type="tel" value={phone} onValue={setPhone} />
        {trouble && (
          <p class="notice" role="alert">
            {trouble}
          </p>
        )}
        <button class="primary wide" type="submit" disabled={busy}>
          {tell("Tell {host}", { host })}
        </button>
        <button class="wide" type="button" onClick={onClose}>
          {tell("Not now")}
        </button>
      </form>
    </Dialog>
  );
}
