import { useLayoutEffect, useRef } from "preact/hooks";
import type { Person } from "../protocol";
import { NOWHERE, type RoomState } from "../state/talk";
import { PAUSED } from "../words/people";
import { ROLE } from "../words/policy";
import { pictureOf } from "./picture";
import { tell } from "../words/room";

/** A picture that plays a stream; sound and picture of one person come together. */
function Play(props: {
  readonly stream: MediaStream;
  readonly person: string;
  readonly label: string;
  readonly muted?: boolean;
  readonly hidden?: boolean;
  readonly onBlocked?: (play: () => void) => void;
}) {
  const { stream, person, label, muted = false, hidden = false } = props;
  const frame = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const picture = pictureOf(stream);
    picture.muted = muted;
    picture.dataset["person"] = person;
    picture.setAttribute("aria-label", label);
    if (picture.parentElement === frame.current) return;
    frame.current?.replaceChildren(picture);
    const play = () => void picture.play().catch(() => props.onBlocked?.(play));
    play();
  }, [stream, person, label, muted]);
  return <div ref={frame} hidden={hidden} />;
}

/** Somebody in the room. */
export function PersonTile(props: {
  readonly person: Person;
  readonly stream: MediaStream | null;
  readonly room?: RoomState;
  /** The viewer takes no pictures. */
  readonly soundOnly?: boolean;
  /** Why the picture does not come for now, if so. */
  readonly paused?: "slow" | "many" | undefined;
  readonly onBlocked?: (play: () => void) => void;
}) {
  const { person, stream, room = NOWHERE, soundOnly = false } = props;
  const shares = room.sharing === person.key;
  const still = soundOnly || !person.camera ? undefined : props.paused;
  const role = ROLE[person.role];
  const away = person.link === "lost" || person.link === "reconnecting" || person.link === "none";
  return (
    <div class={`tile${shares ? " shares" : ""}${still ? " still" : ""}`} data-tile={person.key}>
      <Face name={person.name} />
      {stream && (
        <Play
          stream={stream}
          person={person.key}
          label={tell(shares ? "{name}’s screen" : "{name}’s picture", { name: person.name })}
          hidden={!person.camera || soundOnly}
          {...(props.onBlocked && { onBlocked: props.onBlocked })}
        />
      )}
      <div class="note">
        {room.hands.includes(person.key) && <span class="hand">{tell("Hand raised")}</span>}
        {!away && room.away.includes(person.key) && <span>{tell("Away for a moment")}</span>}
        {away && <span>{tell("Connection lost, coming back…")}</span>}
        {!person.microphone && <span>{tell("Microphone off")}</span>}
        {!person.camera && <span>{tell(room.sound_only.includes(person.key) ? "Sound only" : "Camera off")}</span>}
        {still === "slow" && !away && <span>{tell(PAUSED)}</span>}
        {still === "many" && !away && <span>{tell("Seen when they speak")}</span>}
        {person.camera && soundOnly && <span>{tell(shares ? "Shares a screen; you have sound only" : "Picture not taken, to save data")}</span>}
      </div>
      <b>
        {shares ? tell("{name}’s screen", { name: person.name }) : person.name}
        {role && <span class="as">, {tell(role)}</span>}
      </b>
    </div>
  );
}

/** Yourself, as in a mirror. */
export function OwnTile(props: {
  readonly name: string;
  readonly camera: MediaStreamTrack | null;
  readonly says: string;
  readonly hand?: boolean;
  readonly class?: string;
}) {
  const stream = useRef<MediaStream | null>(null);
  const current = stream.current?.getVideoTracks()[0] ?? null;
  if (current !== props.camera) stream.current = props.camera ? new MediaStream([props.camera]) : null;
  return (
    <div class={`tile mine ${props.class ?? ""}`}>
      <Face name={props.name} />
      {stream.current && <Play stream={stream.current} person="you" label={tell("Your own picture")} muted />}
      {props.hand && (
        <div class="note">
          <span class="hand">{tell("Hand up")}</span>
        </div>
      )}
      <b>{props.says}</b>
    </div>
  );
}

function Face({ name }: { readonly name: string }) {
  return (
    <span class="face" aria-hidden="true">
      {[...name.replace(/^Dr\.? /, "")][0] ?? "•"}
    </span>
  );
}
