import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { LocalCaptioner } from "../../rtc/captions";
import type { Media } from "../../rtc/media";
import { Share } from "../../rtc/share";
import { blurWords, captionWords } from "../../words/people";
import { BlurSaid } from "../blur";
import { canFloat, float } from "../picture";
import type { ToolProps } from "./tools";
import { refusal, tell } from "../../words/room";

/** The rows of “More”: large, each with its name and, where it matters, what it does. */
export function Sheet(props: ToolProps & { readonly onDevices: () => void; readonly onPlan: (() => void) | null; readonly stream: MediaStream | null }) {
  const { talk, media } = props.desk;
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
    return () => dialog.current?.close();
  }, []);
  const done = (act: () => void) => () => {
    props.onClose();
    act();
  };
  const unread = talk.unread.value;
  return (
    <dialog
      ref={dialog}
      class="more"
      aria-labelledby="more"
      onCancel={(event) => (event.preventDefault(), props.onClose())}
      onClick={(event) => event.target === dialog.current && props.onClose()}
    >
      <div class="row">
        <h2 class="grow" id="more">
          {tell("More")}
        </h2>
        <button class="small" type="button" onClick={props.onClose}>
          {tell("Close")}
        </button>
      </div>
      <ul>
        <Row name={tell("Messages")} says={unread > 0 ? tell("{count} new", { count: unread }) : tell("Write to everyone here, or to one person alone.")} onTap={done(() => talk.look(true))} />
        {!props.host && (
          <Row name={tell(talk.handUp ? "Lower your hand" : "Raise your hand")} says={tell("Shows that you’d like to say something.")} onTap={done(() => void talk.raise(!talk.handUp))} />
        )}
        <Screen {...props} />
        <Row name={tell("Use less data")} says={tell("Sends a small picture. For a slow connection, or one that costs.")} on={media.thrifty.value} disabled={media.soundOnly.value} onTap={() => void media.setThrifty(!media.thrifty.value)} />
        <Row name={tell("Sound only")} says={tell("No pictures, neither way: what a weak connection carries longest.")} on={media.soundOnly.value} onTap={() => void media.setSoundOnly(!media.soundOnly.value)} />
        <Row name={tell("Camera, microphone, speaker")} says={tell("Choose others.")} onTap={done(() => void props.onDevices())} />
        <Written captioner={props.desk.captioner} />
        <Quiet media={media} />
        <Blur media={media} />
        <Row name={tell("Your own picture")} says={tell("Whether you see yourself. The others see you either way.")} on={media.selfView.value} onTap={() => (media.selfView.value = !media.selfView.value)} />
        {canFloat() && props.stream && (
          <Row name={tell("Small window on top")} says={tell("Keeps them in sight over other windows.")} on={document.pictureInPictureElement !== null} onTap={done(() => void float(props.stream))} />
        )}
        {props.onPlan && <Row name={tell("Our plan")} says={props.host ? "The couple’s plan against relapse." : tell("Your plan against relapse, for both to write.")} onTap={done(props.onPlan)} />}
      </ul>
    </dialog>
  );
}

function Quiet({ media }: { readonly media: Media }) {
  const [tried, setTried] = useState(false);
  const says = tried && !media.voice.quiet.value ? tell("This browser can’t do that. You’re heard as before.") : tell("Takes out fans, traffic and the like before your sound is sent.");
  return <Row name={tell("Quiet the noise around you")} says={says} on={media.voice.quiet.value} disabled={!media.microphone.value} onTap={() => (setTried(!media.voice.quiet.value), void media.setQuiet(!media.voice.quiet.value))} />;
}

function Written({ captioner }: { readonly captioner: LocalCaptioner }) {
  const now = captioner.state.value;
  return <Row name={tell("Captions")} says={captionWords(captioner)} on={now === "on"} onTap={() => void captioner.set(now === "off")} />;
}

function Blur({ media }: { readonly media: Media }) {
  const { face, camera } = media;
  const now = face.blur.value;
  return (
    <Row name={tell("Blur what’s behind you")} says={blurWords(now, face.fault.value)} on={now === "on"} disabled={now === "off" && !camera.value} onTap={() => void face.set(now === "off")}>
      <BlurSaid face={face} />
    </Row>
  );
}

/** Sharing one’s screen, and letting the others. */
function Screen({ desk, people, host = false, onClose }: ToolProps) {
  const { media, talk, share } = desk;
  const [wrong, setWrong] = useState<string | null>(null);
  const { sharing, others_may_share: others } = talk.room.value;
  const other = sharing !== null && media.screen.value === null;
  const therapist = people[0]?.name ?? tell("Your therapist");
  const start = async () => {
    const no = await share.start();
    if (no) setWrong(refusal(no));
    else if (media.screen.value) onClose();
  };
  const says = wrong ?? tell(other ? "Somebody is sharing theirs just now." : host || others ? "The others see it instead of your picture." : "{host} can open this for you.", { host: therapist });
  return (
    <>
      {media.screen.value && <Row name={tell("Stop sharing your screen")} onTap={() => (onClose(), void share.stop())} />}
      {Share.possible && !media.screen.value && (
        <Row name={tell("Share your screen")} says={says} disabled={other || !(host || others) || media.soundOnly.value} onTap={() => void start()} />
      )}
      {host && other && <Row name="Stop the sharing" says="Their picture is back at once." onTap={() => (onClose(), void desk.give("stop_sharing", {}))} />}
      {host && <Row name="The others may share" says="One at a time. Off ends it at once." on={others} onTap={() => void desk.give("allow_sharing", { on: !others })} />}
    </>
  );
}

export function Row(props: {
  readonly name: string;
  readonly says?: ComponentChildren;
  readonly on?: boolean;
  readonly disabled?: boolean;
  readonly onTap: () => void;
  readonly children?: ComponentChildren;
}) {
  return (
    <li>
      <button type="button" {...(props.on !== undefined && { "aria-pressed": props.on })} disabled={props.disabled ?? false} onClick={props.onTap}>
        <span class="grow">
          {props.name}
          {props.says && <small>{props.says}</small>}
        </span>
        {props.on !== undefined && <span class="chip">{tell(props.on ? "On" : "Off")}</span>}
      </button>
      {props.children}
    </li>
  );
}
