import { useEffect, useState } from "preact/hooks";
import { chime } from "../../rtc/devices";
import { Dialog } from "../dialog";
import { Loudness, VerdictLine } from "../verdict";
import type { ToolProps } from "./tools";
import { tell } from "../../words/room";

/** Another camera, microphone or speaker in the middle of a session, and how it stands with them. */
export function Devices({ desk, people, host = false, onClose }: ToolProps) {
  const { media, checkup } = desk;
  const [wrong, setWrong] = useState<string | null>(null);
  const choose = async (kind: "camera" | "microphone", id: string) => {
    await media.choose(kind, id);
    const fault = kind === "camera" ? media.cameraFault : media.microphoneFault;
    const had = (kind === "camera" ? media.camera : media.microphone).value !== null;
    const wrong = tell(kind === "camera" ? "That camera can’t be used just now." : "That microphone can’t be used just now.");
    setWrong(fault.value && (had ? `${wrong} ${tell("The one before goes on.")}` : wrong));
  };
  useEffect(() => {
    checkup.shown.value = true;
    return () => void (checkup.shown.value = false);
  }, []);
  return (
    <Dialog title={tell("Camera, microphone, speaker")} onClose={onClose}>
      <div class="devices">
        <Choice desk={desk} kind="videoinput" name={tell("Camera")} now={media.camera.value} onChoose={(id) => void choose("camera", id)} />
        <Choice desk={desk} kind="audioinput" name={tell("Microphone")} now={media.microphone.value} onChoose={(id) => void choose("microphone", id)} />
        {media.microphone.value && <Loudness checkup={checkup} />}
        {"setSinkId" in HTMLMediaElement.prototype && <Speaker desk={desk} />}
        {wrong && (
          <p class="notice rose" role="alert">
            {wrong}
          </p>
        )}
        <VerdictLine checkup={checkup} media={media} host={host ? null : (people[0]?.name ?? null)} />
        <button class="wide primary" type="button" onClick={onClose}>
          {tell("Done")}
        </button>
      </div>
    </Dialog>
  );
}

function Choice(props: {
  readonly desk: ToolProps["desk"];
  readonly kind: MediaDeviceKind;
  readonly name: string;
  readonly now: MediaStreamTrack | null;
  readonly onChoose: (id: string) => void;
}) {
  const devices = props.desk.media.plugged.devices.value.filter(({ kind, deviceId }) => kind === props.kind && deviceId);
  const now = props.now?.getSettings().deviceId ?? "";
  return (
    <label>
      {props.name}
      <select value={now} disabled={devices.length === 0} onChange={(event) => props.onChoose(event.currentTarget.value)}>
        {!devices.some(({ deviceId }) => deviceId === now) && <option value={now}>{tell(devices.length === 0 ? "None found" : "Off: choose one")}</option>}
        {devices.map(({ deviceId, label }, n) => (
          <option key={deviceId} value={deviceId}>
            {label || `${props.name} ${n + 1}`}
          </option>
        ))}
      </select>
    </label>
  );
}

function Speaker({ desk }: { readonly desk: ToolProps["desk"] }) {
  const { media } = desk;
  const devices = media.plugged.devices.value.filter(({ kind, deviceId }) => kind === "audiooutput" && deviceId && deviceId !== "default");
  return (
    <div class="col tight">
      <label>
        {tell("Speaker")}
        <select value={media.plugged.speaker.value} onChange={(event) => (media.plugged.speaker.value = event.currentTarget.value)}>
          <option value="">{tell("As the system has it")}</option>
          {devices.map(({ deviceId, label }, n) => (
            <option key={deviceId} value={deviceId}>
              {label || `${tell("Speaker")} ${n + 1}`}
            </option>
          ))}
        </select>
      </label>
      <button type="button" onClick={() => chime(false, media.plugged.speaker.value)}>
        {tell("Play a sound there")}
      </button>
    </div>
  );
}
