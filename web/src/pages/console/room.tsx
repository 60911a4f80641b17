import { useState } from "preact/hooks";
import type { Person, TherapistView } from "../../protocol";
import { pausedOf, streamOf } from "../../rtc/desk";
import { Dialog } from "../../ui/dialog";
import { Privacy } from "../../ui/privacy";
import { Captions, Writes } from "../../ui/room/captions";
import { Said } from "../../ui/room/said";
import { Bare } from "../../ui/blur";
import { Gone, Hands, Newest, Showing, Weak } from "../../ui/room/over";
import { RoomTools } from "../../ui/room/tools";
import { OwnTile, PersonTile } from "../../ui/tile";
import { isOver, joint } from "../../words/console";
import { faultWords } from "../../words/people";
import type { Desk } from "./desk";

const NOBODY: readonly Person[] = []; // who comes and goes is said by the roster

interface Props {
  readonly desk: Desk;
  readonly view: TherapistView;
}

export function Room({ desk, view }: Props) {
  const { media, live, talk } = desk;
  const sharing = view.people.some(({ key }) => key === talk.room.value.sharing);
  const [blocked, setBlocked] = useState<(() => void) | null>(null);
  return (
    <section class="stage" aria-label="The room">
      <div class="tiles" data-others={view.people.length} {...(sharing && { "data-sharing": "" })}>
        {view.people.map((person) => {
          const stream = streamOf(live, media, person.key);
          return <PersonTile key={person.key} person={person} stream={stream} room={talk.room.value} soundOnly={media.soundOnly.value} paused={live.paused.value[person.key]} onBlocked={(play) => setBlocked(() => play)} />;
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
        {!isOver(view) && <OwnTile class="me" name={view.you.name} camera={media.selfView.value ? media.face.shown.value : null} says={media.muted.value ? "You, muted" : "You"} />}
      </div>
      {blocked && (
        <button class="primary" type="button" onClick={() => (blocked(), setBlocked(null))}>
          Tap to hear them
        </button>
      )}
      <Hands talk={talk} people={view.people} />
      <Newest talk={talk} />
      <Captions by={[talk, desk.captioner]} />
      <Writes captioner={desk.captioner} />
      <Gone media={media} />
      <Bare media={media} />
      <Showing desk={desk} />
      <Weak media={media} />
      <Faults desk={desk} />
      {media.connection.value === "connected" && !isOver(view) && <Privacy secrecy={media.secrecy} />}
      <Said people={NOBODY} paused={pausedOf(live)} muted={media.muted.value} camera={media.camera.value !== null} />
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
  const { title, text } = faultWords(fault, media.cameraFault.value ? "camera" : "microphone");
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
        <button class={media.muted.value ? "off" : ""} type="button" onClick={() => media.setMuted(!media.muted.value)}>
          {media.muted.value ? "Unmute" : "Mute"}
        </button>
      )}
      {on && (
        <button class={media.camera.value ? "" : "off"} type="button" onClick={() => void media.setCameraOff(media.camera.value !== null)}>
          {media.camera.value ? "Camera off" : "Camera on"}
        </button>
      )}
      {!over && <RoomTools desk={desk} people={view.people} stream={streamOf(desk.live, media, view.people[0]?.key)} plan={joint(view) ? desk.zone.value : null} host />}
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
