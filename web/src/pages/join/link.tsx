import type { PartnerView } from "../../protocol";
import { REASON, ROLE } from "../../words/policy";
import { Title } from "../../ui/page";
import { city, clockTime, day, deviceZone, partOfDay, relativeDay, shortTime } from "../../words/times";
import type { Desk } from "./desk";
import { minutesUntil } from "./late";
import { type English, tell } from "../../words/room";

const MINUTE = 60_000;
const EARLY = 8 * 60 * MINUTE;
const LATE_FROM = 100 * MINUTE; // earlier than this before the start, nobody knows yet that they'll be late

export function LinkScreen({ desk, view }: { readonly desk: Desk; readonly view: PartnerView }) {
  const { session, you, host } = view;
  const now = desk.clock.now.value;
  const begun = now >= Date.parse(session.starts_at);
  const soon = Date.parse(session.starts_at) - now < LATE_FROM;
  const partner = you.role === "partner";
  const role = ROLE[you.role];
  if (view.declared) return <Declared desk={desk} view={view} />;
  return (
    <>
      <div class="lead">
        <p class="soft">{tell("Hello {name}", { name: you.name })}</p>
        <Title tab={tell("Your session")}>
          {tell(begun ? "Your session began {day} at {time} {part}." : "Your session is {day} at {time} {part}.", {
            day: relativeDay(session.starts_at, you.zone, now),
            time: shortTime(session.starts_at, you.zone),
            part: partOfDay(session.starts_at, you.zone),
          })}
        </Title>
        <p class="soft">
          {role && tell("As {role} · ", { role: tell(role) })}
          {tell("With {host} · {minutes} minutes · {city} time", { host: host.name, minutes: session.minutes, city: city(you.zone) })}
        </p>
        <Elsewhere at={session.starts_at} zone={you.zone} />
        {Date.parse(session.starts_at) - now > EARLY && <p class="soft">{tell("There’s nothing to do until then. This link stays good.")}</p>}
      </div>
      {view.late_until && (
        <p class="sheet" role="status">
          <strong>{tell("We’ll expect you around {time}.", { time: clockTime(view.late_until, you.zone) })}</strong>
          <br />
          <span class="soft">{tell("{host} knows. Come in whenever you’re ready.", { host: host.name })}</span>
        </p>
      )}
      <button class="primary big wide" type="button" onClick={() => void desk.check()}>
        {tell("Check my camera and sound")}
      </button>
      {partner && (
        <div class="col tight">
          {soon && (
            <button class="wide" type="button" onClick={() => desk.go("late")}>
              {tell(view.late_until ? "I’ll be later than that" : "I’m running late")}
            </button>
          )}
          <button class="wide" type="button" onClick={() => desk.go("absence")}>
            {tell("I can’t come")}
          </button>
          {soon && (session.kind === "couples" || session.kind === "intake") && <AtTheirs desk={desk} view={view} />}
        </div>
      )}
      <p class="soft">
        {tell("The check is only for you: nobody sees or hears you until {host} lets you in. Nothing is recorded.", { host: host.name })}
      </p>
    </>
  );
}

/** Somebody whose device is in another zone reads what its own clock will show then. */
function Elsewhere({ at, zone }: { readonly at: string; readonly zone: string }) {
  const other = deviceZone(at, zone);
  if (!other) return null;
  const when = day(at, other) === day(at, zone) ? clockTime(at, other) : `${day(at, other)}, ${clockTime(at, other)}`;
  return (
    <p class="soft">
      {tell("Your device shows another time zone: there it’s {when} ({city}).", { when, city: city(other) })}
    </p>
  );
}

/** Said by one's own link, so that nobody can say it for somebody else. Tells nothing of whether the other has come. */
function AtTheirs({ desk, view }: { readonly desk: Desk; readonly view: PartnerView }) {
  if (view.sharing === "confirmed")
    return (
      <p class="sheet" role="status">
        <strong>{tell("Thank you.")}</strong> {tell("{host} counts you as soon as they see you both. You can leave this page open.", { host: view.host.name })}
      </p>
    );
  return (
    <button class="wide" type="button" onClick={() => void desk.give("confirm_shared_device", {})}>
      {tell("I’m at my partner’s device")}
    </button>
  );
}

function Declared({ desk, view }: { readonly desk: Desk; readonly view: PartnerView }) {
  const reason = view.declared;
  return (
    <>
      <div class="lead">
        <p class="soft">{tell("Hello {name}", { name: view.you.name })}</p>
        <Title tab={tell("You can’t come")}>{tell("Thank you for telling us that you can’t come.")}</Title>
        <p class="soft">
          {reason && reason !== "other" ? tell("You said: “{reason}”. ", { reason: tell(REASON[reason]) }) : ""}
          {tell("{host} knows. If a new time is needed, you’ll get a message. You don’t need to do anything.", { host: view.host.name })}
        </p>
      </div>
      <button class="wide" type="button" onClick={() => void desk.give("withdraw_absence", {})}>
        {tell("I can come after all")}
      </button>
      <button class="wide quiet" type="button" onClick={() => desk.go("absence")}>
        {tell("Change the reason")}
      </button>
    </>
  );
}

export function LateScreen({ desk, view }: { readonly desk: Desk; readonly view: PartnerView }) {
  const now = desk.clock.now.value;
  const startsAt = view.session.starts_at;
  const send = async (late: number) => {
    if (await desk.give("run_late", { minutes: minutesUntil(startsAt, desk.clock.read(), late) })) desk.go("link");
  };
  return (
    <>
      <div class="lead">
        <Title tab={tell("Running late")}>{tell("No problem. How late, about?")}</Title>
        <p class="soft">{tell("{host} will see it. A guess is enough.", { host: view.host.name })}</p>
      </div>
      <div class="grid2">
        {[5, 10, 15, 20].map((late) => (
          <button key={late} class="big" type="button" onClick={() => void send(late)}>
            {tell("{count} minutes", { count: late })}
            <small>{tell("around {time}", { time: shortTime(now + minutesUntil(startsAt, now, late) * MINUTE, view.you.zone) })}</small>
          </button>
        ))}
      </div>
      <button class="wide quiet" type="button" onClick={() => desk.go("link")}>
        {tell("Back")}
      </button>
    </>
  );
}

const ONLY: Partial<Record<string, English>> = {
  couples: "Only your treatment team sees this: your partner doesn’t.",
  intake: "Only your treatment team sees this: your partner doesn’t.",
  group: "Only your treatment team sees this: the group doesn’t.",
};

export function AbsenceScreen({ desk }: { readonly desk: Desk }) {
  const only = ONLY[desk.live.view.value?.session.kind ?? ""] ?? "Only your treatment team sees this: nobody else does.";
  const send = async (reason: keyof typeof REASON) => {
    if (await desk.give("declare_absence", { reason })) desk.go("link");
  };
  return (
    <>
      <div class="lead">
        <Title tab={tell("I can’t come")}>{tell("Thank you for telling us. What fits best?")}</Title>
        <p class="soft">
          {tell(only)} {tell("Not well, or something urgent, never counts as missed.")}
        </p>
      </div>
      <div class="choices">
        {Object.entries(REASON).map(([reason, words]) => (
          <button key={reason} type="button" onClick={() => void send(reason as keyof typeof REASON)}>
            {tell(words)}
          </button>
        ))}
      </div>
      <button class="wide quiet" type="button" onClick={() => desk.go("link")}>
        {tell("Back, I can come")}
      </button>
      <p class="soft">{tell("You can change your mind here at any time.")}</p>
    </>
  );
}
