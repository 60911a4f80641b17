import type { Targets } from "../../../api/clinic";
import type { Key, Wanted, Week } from "../../../api/weeks";
import { duration } from "../../../words/times";
import type { Names } from "../../../words/week";

const PARTS = { joint: "together", individual: "on their own", group: "in groups" } as const;
type Part = keyof typeof PARTS;
const ORDER = Object.keys(PARTS) as Part[];

/** What the week comes to for each of the two, beside what its phase wants: one bar each. */
export function Balance({ week, drafts, who }: { readonly week: Week; readonly drafts: readonly Wanted[]; readonly who: Names }) {
  const rows = (["a", "b"] as const).map((key) => ({ name: who[key], minutes: minutesOf(week, drafts, key) }));
  const wanted = { name: "The phase wants", minutes: week.targets };
  const longest = Math.max(...[...rows, wanted].map((row) => sum(row.minutes)), 1);
  return (
    <section class="sheet balance" aria-label="The balance of this week">
      {[...rows, wanted].map((row) => (
        <div key={row.name} class="balancerow">
          <span>{row.name}</span>
          <div class="bar" role="img" aria-label={`${row.name}: ${said(row.minutes)}`}>
            {ORDER.map((part) => (
              <i key={part} class={part} style={`flex-basis:${(100 * row.minutes[part]) / longest}%`} />
            ))}
          </div>
          <span class="soft nowrap">{duration(sum(row.minutes))}</span>
        </div>
      ))}
      <p class="key" aria-hidden="true">
        {ORDER.map((part) => (
          <small key={part}>
            <i class={part} /> {PARTS[part]}
          </small>
        ))}
      </p>
    </section>
  );
}

function minutesOf(week: Week, drafts: readonly Wanted[], key: Key): Targets {
  const all = [...week.booked.filter((one) => one.standing === "booked"), ...drafts].filter((one) => one.who.includes(key));
  const of = (kinds: readonly string[]) => all.filter((one) => kinds.includes(one.kind)).reduce((total, one) => total + one.minutes, 0);
  return { joint: of(["couples", "intake"]), individual: of(["individual"]), group: of(["group"]) };
}

function sum(minutes: Targets): number {
  return minutes.joint + minutes.individual + minutes.group;
}

function said(minutes: Targets): string {
  return ORDER.map((part) => `${duration(minutes[part])} ${PARTS[part]}`).join(", ");
}
