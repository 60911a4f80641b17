import type { Targets } from "../../api/clinic";
import type { Say } from "../../words/say";
import { duration } from "../../words/times";
import type { Desk } from "./desk";

const PARTS = ["joint", "individual", "group"] as const;

/** This client’s own week: what is done, and what is still to come. Nothing of the other’s, and nothing that is missing. */
export function OwnWeek({ desk }: { readonly desk: Desk }) {
  const { value: say } = desk.say;
  const { minutes, minutes_to_come: ahead, sessions_to_come: sessions } = desk.page.value;
  const [done, left] = [sum(minutes), sum(ahead)];
  if (done + left === 0) return null;
  return (
    <section class="sheet col tight" aria-labelledby="own-week">
      <h2 id="own-week">{say("this_week")}</h2>
      <div class="bar" role="img" aria-label={say("week_picture", { done: duration(done), ahead: duration(left) })}>
        <div class="parts" aria-hidden="true">
          <i class="held" style={`flex-basis:${(100 * done) / (done + left)}%`} />
          <i class="planned" style={`flex-basis:${(100 * left) / (done + left)}%`} />
        </div>
      </div>
      <p>{done === 0 ? say("hours_none") : say("week_so_far", { time: duration(done), parts: held(minutes, say) })}</p>
      <p class="soft">{left === 0 ? say("week_full") : say("week_ahead", { parts: coming(sessions, say) })}</p>
    </section>
  );
}

function held(minutes: Targets, say: Say): string {
  return PARTS.filter((part) => minutes[part] > 0).map((part) => `${duration(minutes[part])} ${say(`hours_${part}`)}`).join(", ");
}

function coming(sessions: Targets, say: Say): string {
  return PARTS.filter((part) => sessions[part] > 0).map((part) => say(part === "group" && sessions.group === 1 ? "ahead_group_one" : `ahead_${part}`, { count: sessions[part] })).join(", ");
}

function sum(minutes: Targets): number {
  return minutes.joint + minutes.individual + minutes.group;
}
