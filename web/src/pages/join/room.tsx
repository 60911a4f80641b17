import { useEffect, useState } from "preact/hooks";
import type { AsideView, PartnerView, Question, Sent } from "../../protocol";
import { pausedOf, streamOf } from "../../rtc/desk";
import { Line } from "../../ui/line";
import { Title } from "../../ui/page";
import { CAPTIONER } from "../../state/talk";
import { Captioning, Captions, Writes } from "../../ui/room/captions";
import { Said } from "../../ui/room/said";
import { Bare } from "../../ui/blur";
import { Gone, Newest, Showing, Weak } from "../../ui/room/over";
import { RoomTools } from "../../ui/room/tools";
import { Privacy } from "../../ui/privacy";
import { Ring } from "../../ui/ring";
import { Vanish } from "../../ui/vanish";
import { OwnTile, PersonTile } from "../../ui/tile";
import { MOMENT, MOMENT_MORE } from "../../words/policy";
import { clockWords } from "../../words/clock";
import { clockTime } from "../../words/times";
import { isJoint } from "../../words/people";
import { capital } from "../../words/word";
import { Safe } from "./ask";
import type { Desk } from "./desk";
import { LeaveDialog } from "./waiting";
import { tell } from "../../words/room";

export function RoomScreen({ desk, view }: { readonly desk: Desk; readonly view: Sent<PartnerView> }) {
  const { media, live, talk } = desk;
  const sharing = view.people.some(({ key }) => key === talk.room.value.sharing);
  const [leaving, setLeaving] = useState(false);
  const [blocked, setBlocked] = useState<(() => void) | null>(null);
  const names = company(view.people.map((person) => person.name));
  return (
    <div class="room">
      <header>
        <div>
          <Title tab={tell("Your session")}>{names ? tell("With {names}", { names }) : tell("Your session")}</Title>
          {media.connection.value === "connected" && <Privacy secrecy={media.secrecy} />}
        </div>
        <div class="way-out">
          <Left desk={desk} view={view} />
          <Vanish desk={desk} />
        </div>
      </header>
      <main data-others={view.people.length} {...(sharing && { "data-sharing": "" })}>
        <div class="over">
          {view.question && <Merge desk={desk} question={view.question} zone={view.you.zone} />}
          {view.safety === "asked" && <Safe desk={desk} view={view} />}
          {view.aside?.yours && view.people.length > 0 && (
            <p class="banner calm" role="status">
              {tell("You’re with {host} alone. Nobody else hears or sees you now.", { host: view.host.name })}
            </p>
          )}
          <Now view={view} />
          <Newest talk={talk} />
          {view.you.role === CAPTIONER && <Captioning talk={talk} />}
          <Captions by={[talk, desk.captioner]} />
          <Writes captioner={desk.captioner} />
          <Gone media={media} />
          <Bare media={media} />
          <Showing desk={desk} />
          <Weak media={media} />
          <Line phase={live.phase.value} away={tell("Your connection is away. We’re bringing you back; your place is kept.")} />
          {live.phase.value !== "lost" && media.connection.value === "failed" && (
            <p class="banner" role="status">
              {tell("The video connection is weak. We’re trying again.")}
            </p>
          )}
          {blocked && (
            <button
              class="primary wide"
              type="button"
              onClick={() => {
                blocked();
                setBlocked(null);
              }}
            >
              {tell("Tap to hear them")}
            </button>
          )}
        </div>
        {view.people.map((person) => {
          const stream = streamOf(live, media, person.key);
          return <PersonTile key={person.key} person={person} stream={stream} room={talk.room.value} soundOnly={media.soundOnly.value} paused={live.paused.value[person.key]} onBlocked={(play) => setBlocked(() => play)} />;
        })}
        {view.people.length === 0 && (
          <div class="tile">
            {view.aside ? (
              <Apart desk={desk} view={view} aside={view.aside} />
            ) : (
              <div class="alone">
                <strong>{tell("You’re in the room.")}</strong>
                <p>{tell("{host} will be with you in a moment.", { host: view.host.name })}</p>
              </div>
            )}
          </div>
        )}
        <OwnTile class="self" name={view.you.name} camera={media.selfView.value ? media.face.shown.value : null} says={tell(media.muted.value ? "You, muted" : "You")} hand={talk.handUp} />
      </main>
      <Said people={view.people} paused={pausedOf(live)} muted={media.muted.value} camera={media.camera.value !== null} told={view.moments.length > 0} />
      <Bar desk={desk} view={view} onLeave={() => setLeaving(true)} />
      {leaving && <LeaveDialog desk={desk} host={view.host.name} onClose={() => setLeaving(false)} />}
    </div>
  );
}

/** "Dr. Rivera, Robin and Kim"; more are counted, so that the pictures keep the height of a phone. */
function company(names: readonly string[]): string {
  const [first, second, third, ...more] = names;
  if (first === undefined || second === undefined) return first ?? "";
  if (more.length > 0) return tell("{first} and {count} others", { first, count: names.length - 1 });
  return third === undefined ? tell("{first} and {second}", { first, second }) : tell("{first}, {second} and {third}", { first, second, third });
}

function Left({ desk, view }: { readonly desk: Desk; readonly view: Sent<PartnerView> }) {
  const { speed } = view;
  return (
    <small>
      {speed !== 1 && tell("Demo, {speed} times as fast. ", { speed })}
      <span class="nowrap">{clockWords(view.session, desk.clock.now.value)}</span>
    </small>
  );
}

/** The therapist speaks with somebody alone. Nothing of it comes here: the server forwards nothing. */
function Apart({ desk, view, aside }: { readonly desk: Desk; readonly view: PartnerView; readonly aside: AsideView }) {
  const host = view.host.name;
  const minutes = Math.max(0, Math.floor((desk.clock.now.value - Date.parse(aside.since)) / 60_000));
  if (aside.yours)
    return (
      <div class="alone">
        <strong>{tell("{host} will be back in a moment.", { host })}</strong>
        <p>{tell("You’re in private. Nobody else hears or sees you.")}</p>
      </div>
    );
  return (
    <div class="alone">
      <strong role="status">
        {tell(isJoint(view.session.kind) ? "{host} is speaking with your partner alone for a while." : "{host} is speaking with somebody alone for a while.", { host })}
      </strong>
      <p>
        {tell("That’s an ordinary part of a session. Nobody hears or sees you meanwhile, and you hear nobody. Your place is kept, and you don’t need to do anything.")}
      </p>
      <p>
        {tell("Since {time}", { time: clockTime(aside.since, view.you.zone) })}
        {minutes > 0 && ` · ${minutes} min`}
      </p>
    </div>
  );
}

/** A wait for somebody's connection. */
function Now({ view }: { readonly view: PartnerView }) {
  const now = view.moments.find((moment) => moment.state === "now");
  const next = view.moments.find((moment) => moment.state === "next");
  if (!now) return null;
  const more = MOMENT_MORE[now.kind];
  const host = view.host.name;
  return (
    <div class="sheet" role="status">
      <strong>{capital(MOMENT[now.kind](host))}.</strong>
      <p class="soft">
        {more && tell(more)} {next && tell("At {time} {what}.", { time: clockTime(next.at, view.you.zone), what: MOMENT[next.kind](host) })}
      </p>
    </div>
  );
}

/** The one thing a partner may be asked: their yes or no, and either is fine. */
function Merge(props: { readonly desk: Desk; readonly question: Question; readonly zone: string }) {
  const { desk, question } = props;
  const [said, setSaid] = useState(false);
  const [since, setSince] = useState(() => new Date(desk.clock.read()).toISOString());
  useEffect(() => setSince(new Date(desk.clock.read()).toISOString()), [question.id]);
  useEffect(() => setSaid(false), [question.id]);
  const answer = async (yes: boolean) => {
    setSaid(true);
    if (!(await desk.give("answer_merge", { question: question.id, yes }))) setSaid(false);
  };
  return (
    <section class="sheet ask rise" role="alertdialog" aria-labelledby="merge" aria-describedby="merge-more">
      <p class="unseen" role="alert">
        {tell("Your partner has come. May they join you now? Either answer is fine.")}
      </p>
      <div class="row">
        <h2 class="grow" id="merge">
          {tell("Your partner has come. May they join you now?")}
        </h2>
        <Ring clock={desk.clock} from={since} until={question.answer_by} />
      </div>
      <p class="soft" id="merge-more">
        {tell("Either answer is fine, and only your therapist sees it. If you don’t answer by {time}, you go on as you are.", { time: clockTime(question.answer_by, props.zone) })}
      </p>
      <div class="grid2">
        <button type="button" disabled={said} onClick={() => void answer(true)}>
          {tell("Yes")}
        </button>
        <button type="button" disabled={said} onClick={() => void answer(false)}>
          {tell("Not today")}
        </button>
      </div>
    </section>
  );
}

function Bar({ desk, view, onLeave }: { readonly desk: Desk; readonly view: PartnerView; readonly onLeave: () => void }) {
  const { media, live } = desk;
  const noSound = !media.microphone.value;
  return (
    <nav class="bar" aria-label={tell("Your sound and picture")}>
      <button class={media.muted.value ? "off" : ""} type="button" disabled={noSound} onClick={() => media.setMuted(!media.muted.value)}>
        {tell(noSound ? "No sound" : media.muted.value ? "Unmute" : "Mute")}
      </button>
      <button class={media.camera.value ? "" : "off"} type="button" onClick={() => void media.setCameraOff(media.camera.value !== null)}>
        {tell(media.camera.value ? "Camera off" : "Camera on")}
      </button>
      <RoomTools desk={desk} people={[{ key: "therapist", name: view.host.name }]} stream={streamOf(live, media, "therapist")} plan={isJoint(view.session.kind) ? view.you.zone : null} />
      <button class="rose" type="button" onClick={onLeave}>
        {tell("Leave")}
      </button>
    </nav>
  );
}
