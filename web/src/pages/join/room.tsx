import { useEffect, useState } from "preact/hooks";
import type { PartnerView, Question, Sent } from "../../protocol";
import { slotOf } from "../../rtc/slots";
import { Title } from "../../ui/page";
import { PlanPanel } from "../../ui/relapse/panel";
import { Ring } from "../../ui/ring";
import { OwnTile, PersonTile } from "../../ui/tile";
import { MOMENT, MOMENT_MORE } from "../../words/policy";
import { clockTime } from "../../words/times";
import { isJoint } from "../../words/people";
import { capital } from "../../words/word";
import type { Desk } from "./desk";
import { LeaveDialog } from "./waiting";

export function RoomScreen({ desk, view }: { readonly desk: Desk; readonly view: Sent<PartnerView> }) {
  const { media, live } = desk;
  const [leaving, setLeaving] = useState(false);
  const [blocked, setBlocked] = useState<(() => void) | null>(null);
  const names = view.people.map((person) => person.name).join(" and ");
  return (
    <div class="room">
      <header>
        <Title tab="Your session">{names ? `With ${names}` : "Your session"}</Title>
        <Left desk={desk} view={view} />
      </header>
      <main data-others={view.people.length}>
        <div class="over">
          {view.question && <Merge desk={desk} question={view.question} zone={view.you.zone} />}
          <Now view={view} />
          {live.phase.value === "lost" && (
            <p class="banner" role="status">
              Your connection is away. We’re bringing you back; your place is kept.
            </p>
          )}
          {live.phase.value !== "lost" && media.connection.value === "failed" && (
            <p class="banner" role="status">
              The video connection is weak. We’re trying again.
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
              Tap to hear them
            </button>
          )}
        </div>
        {view.people.map((person) => {
          const slot = slotOf(live.slots.value, person.key);
          const stream = slot === null ? null : (media.streams.value[slot] ?? null);
          return <PersonTile key={person.key} person={person} stream={stream} onBlocked={(play) => setBlocked(() => play)} />;
        })}
        {view.people.length === 0 && (
          <div class="tile">
            <div class="alone">
              <strong>You’re in the room.</strong>
              <p>{view.host.name} will be with you in a moment.</p>
            </div>
          </div>
        )}
        <OwnTile class="self" name={view.you.name} camera={media.camera.value} says={media.muted.value ? "You, muted" : "You"} />
      </main>
      <Bar desk={desk} view={view} onLeave={() => setLeaving(true)} />
      {leaving && <LeaveDialog desk={desk} host={view.host.name} onClose={() => setLeaving(false)} />}
    </div>
  );
}

function Left({ desk, view }: { readonly desk: Desk; readonly view: Sent<PartnerView> }) {
  const until = Date.parse(view.session.starts_at) + view.session.minutes * 60_000;
  const minutes = Math.ceil((until - desk.clock.now.value) / 60_000);
  const { speed } = view;
  return (
    <small>
      {speed !== 1 && `Demo, ${speed} times as fast. `}
      {minutes > 0 && minutes <= view.session.minutes && <span class="nowrap">{minutes} min left</span>}
    </small>
  );
}

/** A wait for somebody's connection. */
function Now({ view }: { readonly view: PartnerView }) {
  const now = view.moments.find((moment) => moment.state === "now");
  const next = view.moments.find((moment) => moment.state === "next");
  if (!now) return null;
  const host = view.host.name;
  return (
    <div class="sheet" role="status">
      <strong>{capital(MOMENT[now.kind](host))}.</strong>
      <p class="soft">
        {MOMENT_MORE[now.kind]}{" "}
        {next && `At ${clockTime(next.at, view.you.zone)} ${MOMENT[next.kind](host)}.`}
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
      <div class="row">
        <h2 class="grow" id="merge">
          Your partner has come. May they join you now?
        </h2>
        <Ring clock={desk.clock} from={since} until={question.answer_by} />
      </div>
      <p class="soft" id="merge-more">
        Either answer is fine, and only your therapist sees it. If you don’t answer by{" "}
        {clockTime(question.answer_by, props.zone)}, you go on as you are.
      </p>
      <div class="grid2">
        <button type="button" disabled={said} onClick={() => void answer(true)}>
          Yes
        </button>
        <button type="button" disabled={said} onClick={() => void answer(false)}>
          Not today
        </button>
      </div>
    </section>
  );
}

function Bar({ desk, view, onLeave }: { readonly desk: Desk; readonly view: PartnerView; readonly onLeave: () => void }) {
  const { media } = desk;
  const noSound = !media.microphone.value;
  return (
    <nav class="bar" aria-label="Your sound and picture">
      <button type="button" aria-pressed={media.muted.value} disabled={noSound} onClick={() => media.setMuted(!media.muted.value)}>
        {noSound ? "No sound" : media.muted.value ? "Unmute" : "Mute"}
      </button>
      <button type="button" aria-pressed={!media.camera.value} onClick={() => void media.setCameraOff(media.camera.value !== null)}>
        {media.camera.value ? "Camera off" : "Camera on"}
      </button>
      {isJoint(view.session.kind) && <PlanPanel token={desk.token} zone={view.you.zone} />}
      <button class="rose" type="button" onClick={onLeave}>
        Leave
      </button>
    </nav>
  );
}
