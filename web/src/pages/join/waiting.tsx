import { useState } from "preact/hooks";
import type { PartnerView } from "../../protocol";
import { Dialog } from "../../ui/dialog";
import { Moments } from "../../ui/moments";
import { Title } from "../../ui/page";
import { Bare } from "../../ui/blur";
import { OwnTile } from "../../ui/tile";
import { AskPrivately } from "./ask";
import type { Desk } from "./desk";

/** Does anyone know I'm here; can they see me; what happens and when. */
export function WaitingScreen({ desk, view }: { readonly desk: Desk; readonly view: PartnerView }) {
  const { host, you } = view;
  const knows: Record<string, string> = {
    present: `${host.name} knows that you’ve arrived.`,
    expected: `${host.name} isn’t here yet, and will see that you’ve arrived.`,
    dropped: `${host.name} lost the connection, and will be back.`,
  };
  return (
    <>
      <div>
        <Title tab="You’re here">You’re here, {you.name}.</Title>
        <p class="soft" role="status">
          {knows[host.state]} Nobody can see or hear you yet.
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
        <Title tab="You’re here">It’s good that you’re here, {view.you.name}.</Title>
        <p class="soft" role="status">
          This is a private place. Nobody can see or hear you, and {view.host.name} knows that you’ve come.
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
  const devices = camera && media.microphone.value ? "Camera, sound" : camera ? "Camera" : media.microphone.value ? "Sound" : "";
  const says = lost
    ? "The video connection is weak; we keep trying"
    : !devices
      ? "You’re here without camera and sound"
      : fine
        ? `${devices} and connection are fine`
        : "Making the connection…";
  return (
    <div class="col tight">
      <OwnTile
        class="self"
        name={view.you.name}
        camera={media.face.shown.value}
        says={camera ? "This is you. Only you can see it." : "Your camera is off."}
      />
      <Bare media={media} />
      <div class="row">
        <span class={lost || !devices ? "dot amber" : fine ? "dot" : "dot out"} aria-hidden="true" />
        <span class="grow">{says}</span>
        <button class="quiet" type="button" onClick={() => desk.go("check")}>
          Check
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
          I need more time
        </button>
      )}
      <Both desk={desk} view={view} />
      {view.asked_for_time && (
        <p class="row" role="status">
          <span class="dot" aria-hidden="true" />
          <span class="grow">You asked for more time. {view.host.name} can see it.</span>
        </p>
      )}
      <button class="wide" type="button" onClick={() => setLeaving(true)}>
        Leave
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
        We’re both here, at this device
      </button>
    );
  return (
    <p class="row" role="status">
      <span class="dot" aria-hidden="true" />
      <span class="grow">
        {sharing === "host"
          ? "You’re both here, and both counted."
          : `You said that you’re both here. Your partner opens their own link, in another tab or on their phone, and taps “I’m at my partner’s device”. Then ${host.name} counts you both.`}
      </span>
    </p>
  );
}

/** For the one who attends at the other's device: this page only has to stay out of the way. */
export function GuestScreen({ desk, view }: { readonly desk: Desk; readonly view: PartnerView }) {
  return (
    <>
      <div class="lead">
        <Title tab="You’re counted">You’re here, {view.you.name}.</Title>
        <p class="soft" role="status">
          {view.sharing === "office" ? `You’re in the office with ${view.host.name}, and counted there.` : `${view.host.name} sees you both at one device.`} You can close this page.
        </p>
      </div>
      <button class="wide" type="button" onClick={() => void desk.check()}>
        Use this device instead
      </button>
    </>
  );
}

export function LeaveDialog(props: { readonly desk: Desk; readonly host: string; readonly onClose: () => void }) {
  return (
    <Dialog title="Leave now?" onClose={props.onClose}>
      <p class="soft">{props.host} will see that you left. You can come back with the same link.</p>
      <div class="col tight">
        <button class="wide primary" type="button" onClick={props.onClose}>
          Stay
        </button>
        <button class="wide rose" type="button" onClick={() => void props.desk.leave()}>
          Leave
        </button>
      </div>
    </Dialog>
  );
}
