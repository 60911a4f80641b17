import { useState } from "preact/hooks";
import type { PartnerView } from "../../protocol";
import { Dialog } from "../../ui/dialog";
import { Moments } from "../../ui/moments";
import { Title } from "../../ui/page";
import { Bare } from "../../ui/blur";
import { OwnTile } from "../../ui/tile";
import { AskPrivately } from "./ask";
import type { Desk } from "./desk";
import { type English, tell } from "../../words/room";

const KNOWS: Readonly<Record<string, English>> = {
  present: "{host} knows that you’ve arrived. Nobody can see or hear you yet.",
  expected: "{host} isn’t here yet, and will see that you’ve arrived. Nobody can see or hear you yet.",
  dropped: "{host} lost the connection, and will be back. Nobody can see or hear you yet.",
};

/** Does anyone know I'm here; can they see me; what happens and when. */
export function WaitingScreen({ desk, view }: { readonly desk: Desk; readonly view: PartnerView }) {
  const { host, you } = view;
  return (
    <>
      <div>
        <Title tab={tell("You’re here")}>{tell("You’re here, {name}.", { name: you.name })}</Title>
        <p class="soft" role="status">
          {tell(KNOWS[host.state] ?? KNOWS["expected"]!, { host: host.name })}
        </p>
      </div>
      <AskPrivately desk={desk} view={view} />
      <Mirror desk={desk} view={view} />
      <Moments moments={view.moments} host={host.name} zone={you.zone} />
      <Actions desk={desk} view={view} />
    </>
  );
}

/** The private hold: nothing here tells why, or of anybody else. */
export function HeldScreen({ desk, view }: { readonly desk: Desk; readonly view: PartnerView }) {
  return (
    <>
      <div>
        <Title tab={tell("You’re here")}>{tell("It’s good that you’re here, {name}.", { name: view.you.name })}</Title>
        <p class="soft" role="status">
          {tell("This is a private place. Nobody can see or hear you, and {host} knows that you’ve come.", { host: view.host.name })}
        </p>
      </div>
      <AskPrivately desk={desk} view={view} />
      <Mirror desk={desk} view={view} />
      <Moments moments={view.moments} host={view.host.name} zone={view.you.zone} />
      <Actions desk={desk} view={view} />
    </>
  );
}

function Mirror({ desk, view }: { readonly desk: Desk; readonly view: PartnerView }) {
  const { media } = desk;
  const camera = media.camera.value;
  const fine = media.none.value || media.connection.value === "connected";
  const lost = media.connection.value === "failed";
  const sound = media.microphone.value;
  const devices = camera !== null || sound !== null;
  const says = lost
    ? "The video connection is weak; we keep trying"
    : !devices
      ? "You’re here without camera and sound"
      : !fine
        ? "Making the connection…"
        : camera && sound
          ? "Camera, sound and connection are fine"
          : camera
            ? "Camera and connection are fine"
            : "Sound and connection are fine";
  return (
    <div class="col tight">
      <OwnTile
        class="self"
        name={view.you.name}
        camera={media.face.shown.value}
        says={tell(camera ? "This is you. Only you can see it." : "Your camera is off.")}
      />
      <Bare media={media} />
      <div class="row">
        <span class={lost || !devices ? "dot amber" : fine ? "dot" : "dot out"} aria-hidden="true" />
        <span class="grow">{tell(says)}</span>
        <button class="quiet" type="button" onClick={() => desk.go("check")}>
          {tell("Check")}
        </button>
      </div>
    </div>
  );
}

function Actions({ desk, view }: { readonly desk: Desk; readonly view: PartnerView }) {
  const [leaving, setLeaving] = useState(false);
  return (
    <div class="col tight">
      {view.can_ask_for_time && (
        <button class="wide" type="button" onClick={() => void desk.give("ask_for_time", {})}>
          {tell("I need more time")}
        </button>
      )}
      <Both desk={desk} view={view} />
      {view.asked_for_time && (
        <p class="row" role="status">
          <span class="dot" aria-hidden="true" />
          <span class="grow">{tell("You asked for more time. {host} can see it.", { host: view.host.name })}</span>
        </p>
      )}
      <button class="wide" type="button" onClick={() => setLeaving(true)}>
        {tell("Leave")}
      </button>
      {leaving && <LeaveDialog desk={desk} host={view.host.name} onClose={() => setLeaving(false)} />}
    </div>
  );
}

/** One device for two: said here, confirmed by the other with their own link, seen by the therapist. */
function Both({ desk, view }: { readonly desk: Desk; readonly view: PartnerView }) {
  const { host, session, sharing } = view;
  if (view.you.role !== "partner" || view.place !== "waiting" || (session.kind !== "couples" && session.kind !== "intake")) return null;
  if (sharing === "no")
    return (
      <button class="wide" type="button" onClick={() => void desk.give("share_device", {})}>
        {tell("We’re both here, at this device")}
      </button>
    );
  return (
    <p class="row" role="status">
      <span class="dot" aria-hidden="true" />
      <span class="grow">
        {sharing === "host"
          ? tell("You’re both here, and both counted.")
          : tell("You said that you’re both here. Your partner opens their own link, in another tab or on their phone, and taps “I’m at my partner’s device”. Then {host} counts you both.", { host: host.name })}
      </span>
    </p>
  );
}

/** For the one who attends at the other's device: this page only has to stay out of the way. */
export function GuestScreen({ desk, view }: { readonly desk: Desk; readonly view: PartnerView }) {
  return (
    <>
      <div class="lead">
        <Title tab={tell("You’re counted")}>{tell("You’re here, {name}.", { name: view.you.name })}</Title>
        <p class="soft" role="status">
          {tell(view.sharing === "office" ? "You’re in the office with {host}, and counted there. You can close this page." : "{host} sees you both at one device. You can close this page.", { host: view.host.name })}
        </p>
      </div>
      <button class="wide" type="button" onClick={() => void desk.check()}>
        {tell("Use this device instead")}
      </button>
    </>
  );
}

export function LeaveDialog(props: { readonly desk: Desk; readonly host: string; readonly onClose: () => void }) {
  return (
    <Dialog title={tell("Leave now?")} onClose={props.onClose}>
      <p class="soft">{tell("{host} will see that you left. You can come back with the same link.", { host: props.host })}</p>
      <div class="col tight">
        <button class="wide primary" type="button" onClick={props.onClose}>
          {tell("Stay")}
        </button>
        <button class="wide rose" type="button" onClick={() => void props.desk.leave()}>
          {tell("Leave")}
        </button>
      </div>
    </Dialog>
  );
}
