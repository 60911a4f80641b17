import type { Targets } from "../../../api/clinic";
import type { Key, Wanted, Week } from "../../../api/weeks";
import { parts } from "../../../words/hours";
import { duration } from "../../../words/times";
import { drifted, type Names } from "../../../words/week";
import { Bar, BarKey, sum } from "../bar";

const KEYS = ["a", "b"] as const;

interface Props {
  readonly week: Week;
  readonly drafts: readonly Wanted[];
  readonly who: Names;
}

/** What the week comes to for each of the two, beside what its phase wants; and the last weeks alone and together. */
export function Balance({ week, drafts, who }: Props) {
  const rows = KEYS.map((key) => ({ key, minutes: minutesOf(week, drafts, key) }));
  const wanted = sum(week.targets);
  const longest = Math.max(...rows.map((row) => sum(row.minutes)), wanted, 1);
  return (
    <section class="sheet balance" aria-labelledby="balance">
      <h2 id="balance">The balance of this week</h2>
      {rows.map(({ key, minutes }) => (
        <div key={key} class="balancerow">
          <span>{who[key]}</span>
          <Bar said={`${who[key]}: ${parts(minutes)}, of ${duration(wanted)}`} minutes={minutes} longest={longest} mark={wanted} />
          <span class="soft nowrap">{duration(sum(minutes))}</span>
        </div>
      ))}
      <BarKey mark={`what the phase wants: ${parts(week.targets)}`} />
      <Recent week={week} who={who} />
    </section>
  );
}

/** Minutes alone beside minutes together, of the last three weeks. Where alone has taken over, it says so. */
function Recent({ week, who }: Pick<Props, "week" | "who">) {
  const longest = Math.max(...KEYS.map((key) => week.recent[key].solo + week.recent[key].joint), 1);
  if (KEYS.every((key) => week.recent[key].solo + week.recent[key].joint === 0)) return null;
  return (
    <>
      <h3>The last three weeks, together and alone</h3>
      {KEYS.map((key) => {
        const { solo, joint } = week.recent[key];
        return (
          <div key={key} class="balancerow pair">
            <span>{who[key]}</span>
            <Bar said={`${who[key]}: ${duration(joint)} together, ${duration(solo)} alone`} minutes={{ joint, individual: solo, group: 0 }} longest={longest} />
            <span class="soft nowrap">
              {duration(joint)} and {duration(solo)}
            </span>
          </div>
        );
      })}
      {week.drift.map((one) => (
        <p key={one.who} class="notice">
          {drifted(one.solo, one.joint, who[one.who])}
        </p>
      ))}
    </>
  );
}

function minutesOf(week: Week, drafts: readonly Wanted[], key: Key): Targets {
  const all = [...week.booked.filter((one) => one.standing === "booked"), ...drafts].filter((one) => one.who.includes(key));
  const of = (kinds: readonly string[]) => all.filter((one) => kinds.includes(one.kind)).reduce((total, one) => total + one.minutes, 0);
  return { joint: of(["couples", "intake"]), individual: of(["individual"]), group: of(["group"]) };
}
