import { useEffect, useState } from "preact/hooks";
import type { PartnerView } from "../../protocol";
import type { Checkup } from "../../rtc/checkup";
import { chime, type DeviceFault } from "../../rtc/devices";
import { Bare, BlurSaid } from "../../ui/blur";
import { Title } from "../../ui/page";
import { OwnTile } from "../../ui/tile";
import { Loudness, VerdictLine } from "../../ui/verdict";
import { blurWords, faultWords } from "../../words/people";
import type { Desk } from "./desk";
import { countedElsewhere } from "./screen";
import { tell } from "../../words/room";

export function CheckScreen({ desk, view }: { readonly desk: Desk; readonly view: PartnerView }) {
  const { media, checkup } = desk;
  const [coming, setComing] = useState(false);
  const camera = media.camera.value;
  const outside = view.place === "outside";
  const go = async () => {
    setComing(true);
    await desk.arrive();
    setComing(false);
  };
  useEffect(() => {
    checkup.shown.value = true;
    return () => void (checkup.shown.value = false);
  }, []);
  return (
    <>
      <div>
        <Title tab={tell("Camera and sound")}>{tell("Let’s see if everything works.")}</Title>
        <p class="soft" role="status">
          {media.asking.value
            ? tell("Your browser asks now if Dyad may use your camera and microphone. Please choose “Allow”.")
            : tell("Only you see and hear this.")}
        </p>
      </div>
      <OwnTile
        class="self"
        name={view.you.name}
        camera={media.face.shown.value}
        says={tell(camera ? "This is you. Only you can see it." : "No picture yet")}
      />
      <section class="sheet" aria-label={tell("What we checked")}>
        <ul class="checks">
          <Camera desk={desk} />
          <Microphone desk={desk} />
          <Speaker checkup={checkup} />
          <Connection desk={desk} />
        </ul>
      </section>
      <VerdictLine checkup={checkup} media={media} host={view.host.name} />
      <button class="primary big wide" type="button" disabled={coming} onClick={() => void go()}>
        {tell(countedElsewhere(view) ? "Go on at this device" : !outside ? "Done" : camera || media.asking.value ? "Go to the waiting room" : "Go on without camera")}
      </button>
      {outside && (
        <p class="soft">{tell("You wait in private there. Nobody sees or hears you until {host} lets you in.", { host: view.host.name })}</p>
      )}
    </>
  );
}

function Line(props: { readonly ok: boolean | null; readonly name: string; readonly says: string }) {
  const dot = props.ok === null ? "dot out" : props.ok ? "dot" : "dot amber";
  return (
    <div class="row">
      <span class={dot} aria-hidden="true" />
      <span class="grow">
        <strong>{props.name}</strong> <span class="soft">{props.says}</span>
      </span>
    </div>
  );
}

function Help(props: { readonly fault: DeviceFault | null; readonly what: "camera" | "microphone"; readonly desk: Desk }) {
  if (!props.fault || props.desk.media.asking.value) return null;
  const { title, text } = faultWords(props.fault, props.what);
  return (
    <div class="notice" role="alert">
      <h2>{title}</h2>
      <p>{text}</p>
      <button class="small" type="button" onClick={() => void props.desk.check()}>
        {tell("Try again")}
      </button>
    </div>
  );
}

function Choose({ desk, kind }: { readonly desk: Desk; readonly kind: "camera" | "microphone" }) {
  const { media } = desk;
  const input = kind === "camera" ? "videoinput" : "audioinput";
  const devices = media.plugged.devices.value.filter((device) => device.kind === input && device.deviceId);
  const track = (kind === "camera" ? media.camera : media.microphone).value;
  if (devices.length < 2 || !track) return null;
  return (
    <select
      aria-label={tell(kind === "camera" ? "Which camera" : "Which microphone")}
      value={track.getSettings().deviceId ?? ""}
      onChange={(event) => void media.choose(kind, event.currentTarget.value)}
    >
      {devices.map((device, n) => (
        <option key={device.deviceId} value={device.deviceId}>
          {device.label || `${tell(kind === "camera" ? "Camera" : "Microphone")} ${n + 1}`}
        </option>
      ))}
    </select>
  );
}

function Camera({ desk }: { readonly desk: Desk }) {
  const { camera, cameraFault, asking } = desk.media;
  const ok = camera.value ? true : cameraFault.value ? false : null;
  return (
    <li>
      <Line ok={ok} name={tell("Camera")} says={tell(ok ? "works" : ok === false ? "not yet. You can come in without it." : asking.value ? "one moment…" : "not checked")} />
      <Choose desk={desk} kind="camera" />
      <Blur desk={desk} />
      <Help fault={cameraFault.value} what="camera" desk={desk} />
    </li>
  );
}

function Blur({ desk }: { readonly desk: Desk }) {
  const { face, camera } = desk.media;
  const now = face.blur.value;
  return (
    <>
      {(camera.value || now !== "off") && (
        <div class="col tight">
          <div class="row">
            <button class="small" type="button" aria-pressed={now === "on"} aria-describedby="blur" onClick={() => void face.set(now === "off")}>
              {tell("Blur what’s behind you")}
            </button>
            <span class="chip">{tell(now === "on" ? "On" : "Off")}</span>
          </div>
          <span class="soft" id="blur">
            {blurWords(now, face.fault.value)}
          </span>
          <BlurSaid face={face} />
        </div>
      )}
      <Bare media={desk.media} />
    </>
  );
}

function Microphone({ desk }: { readonly desk: Desk }) {
  const { microphone, microphoneFault, asking } = desk.media;
  const track = microphone.value;
  const sound = desk.checkup.sound.value;
  const ok = track ? sound !== "silent" : microphoneFault.value ? false : null;
  const says = tell(track ? (sound === "heard" ? "works: we hear you" : "say a few words; the bar should move") : ok === false ? "not yet" : asking.value ? "one moment…" : "not checked");
  return (
    <li>
      <Line ok={track && sound === "untried" ? null : ok} name={tell("Microphone")} says={says} />
      {track && <Loudness checkup={desk.checkup} />}
      <Choose desk={desk} kind="microphone" />
      <Help fault={microphoneFault.value} what="microphone" desk={desk} />
    </li>
  );
}

function Speaker({ checkup }: { readonly checkup: Checkup }) {
  const [played, setPlayed] = useState(false);
  const heard = checkup.heard.value;
  const hear = (now: boolean | null) => void (checkup.heard.value = now);
  const play = () => {
    chime(false);
    setPlayed(true);
    hear(null);
  };
  const asks = played && heard === null;
  const says = heard ? tell("works") : heard === false ? tell("turn the volume up, or take headphones off") : asks ? tell("did you hear it?") : "";
  return (
    <li>
      <div class="row wrap">
        <div class="grow">
          <Line ok={heard} name={tell("Speaker")} says={says} />
        </div>
        {asks ? (
          <div class="row">
            <button class="small" type="button" onClick={() => hear(true)}>{tell("Yes")}</button>
            <button class="small" type="button" onClick={() => hear(false)}>{tell("No")}</button>
          </div>
        ) : (
          <button class="small" type="button" onClick={play}>{tell(played ? "Play again" : "Play a sound")}</button>
        )}
      </div>
    </li>
  );
}

function Connection({ desk }: { readonly desk: Desk }) {
  const { connection } = desk.checkup.found.value;
  const ok = connection === "skipped" ? null : connection !== "failed";
  const says = { ok: tell("works"), relay: tell("works, by a detour: your network is strict"), failed: tell("not yet; we keep trying. You can go on."), skipped: tell("one moment…") }[connection];
  return (
    <li>
      <Line ok={ok} name={tell("Connection")} says={says} />
    </li>
  );
}
