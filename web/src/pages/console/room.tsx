import { useState } from "preact/hooks";
import type { TherapistView } from "../../protocol";
import { slotOf } from "../../rtc/slots";
import { Dialog } from "../../ui/dialog";
import { PlanPanel } from "../../ui/relapse/panel";
import { OwnTile, PersonTile } from "../../ui/tile";
import { isOver, joint } from "../../words/console";
import { FAULT } from "../../words/people";
import type { Desk } from "./desk";

interface Props {
  readonly desk: Desk;
  readonly view: TherapistView;
}

export function Room({ desk, view }: Props) {
  const { media, live } = desk;
  const [blocked, setBlocked] = useState<(() => void) | null>(null);
  return (
    <section class="stage" aria-label="The room">
      <div class="tiles" data-others={view.people.length}>
        {view.people.map((person) => {
          const slot = slotOf(live.slots.value, person.key);
          const stream = slot === null ? null : (media.streams.value[slot] ?? null);
          return <PersonTile key={person.key} person={person} stream={stream} onBlocked={(play) => setBlocked(() => play)} />;
        })}
        {view.people.length === 0 && (
          <div class="tile empty">
            <p>
              <strong>{isOver(view) ? "The room is closed." : "The room is empty."}</strong>
              <br />
              {!isOver(view) && "Whoever waits is let in by you."}
            </p>
          </div>
        )}
        {!isOver(view) && <OwnTile class="me" name={view.you.name} camera={media.camera.value} says={media.muted.value ? "You, muted" : "You"} />}
      </div>
      {blocked && (
        <button class="primary" type="button" onClick={() => (blocked(), setBlocked(null))}>
          Tap to hear them
        </button>
      )}
      <Faults desk={desk} />
      <Bar desk={desk} view={view} />
    </section>
  );
}

function Faults({ desk }: { readonly desk: Desk }) {
  const { media } = desk;
  const fault = media.cameraFault.value ?? media.microphoneFault.value;
  if (media.connection.value === "failed")
    return (
      <p class="banner" role="status">
        The video connection is away. We’re trying again.
      </p>
    );
  if (!fault || media.asking.value) return null;
  const { title, text } = FAULT[fault](media.cameraFault.value ? "camera" : "microphone");
  return (
    <div class="notice" role="status">
      <h3>{title}</h3>
      <p>{text}</p>
    </div>
  );
}

function Bar({ desk, view }: Props) {
  const { media } = desk;
  const [ending, setEnding] = useState(false);
  const over = isOver(view);
  const begun = view.started_at !== null || view.solo_started_at !== null;
  const on = media.camera.value !== null || media.microphone.value !== null;
  return (
    <nav class="bar" aria-label="Your sound and picture">
      {!on && !over && (
        <button class="primary" type="button" disabled={media.asking.value} onClick={() => void desk.turnOn()}>
          Turn on camera and sound
        </button>
      )}
      {media.microphone.value && (
        <button type="button" aria-pressed={media.muted.value} onClick={() => media.setMuted(!media.muted.value)}>
          {media.muted.value ? "Unmute" : "Mute"}
        </button>
      )}
      {on && (
        <button type="button" aria-pressed={!media.camera.value} onClick={() => void media.setCameraOff(media.camera.value !== null)}>
          {media.camera.value ? "Camera off" : "Camera on"}
        </button>
      )}
      {!over && joint(view) && <PlanPanel token={desk.token} zone={desk.zone.value} />}
      {!over && (
        <button class="rose" type="button" onClick={() => setEnding(true)}>
          {begun ? "End session" : "Cancel session"}
        </button>
      )}
      {ending && (
        <Dialog title={begun ? "End the session for everyone?" : "Cancel this session?"} onClose={() => setEnding(false)}>
          <p class="soft">
            {begun ? "Everyone’s sound and picture end. What took place stays on record." : "Everyone is told at once, and it counts as missed for nobody."}
          </p>
          <div class="col tight">
            <button class="wide primary" type="button" onClick={() => setEnding(false)}>
              {begun ? "Go on" : "Keep it"}
            </button>
            <button
              class="wide rose"
              type="button"
              onClick={() => {
                setEnding(false);
                void desk.give(begun ? "end_session" : "cancel_session", {});
              }}
            >
              {begun ? "End the session" : "Cancel the session"}
            </button>
          </div>
        </Dialog>
      )}
    </nav>
  );
}
