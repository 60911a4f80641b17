import { useEffect, useState } from "preact/hooks";
import type { Couple } from "../../../api/clinic";
import { type Choice, hours as fetchHours, type Hours } from "../../../api/hours";
import { Busy } from "../../../ui/page";
import { Strands } from "../../../ui/strands";
import type { Desk } from "../desk";
import { namesOf } from "../week/tab";
import { ReportSheet } from "./report";
import { ThisWeekSheet } from "./thisWeek";
import { Weeks } from "./weeks";

interface Props {
  readonly desk: Desk;
  readonly couple: Couple;
  readonly onWeek: (choices: readonly Choice[]) => void;
}

/** A couple’s hours: this week, all of them, the two over time, and the report; for the office the report alone. */
export function HoursTab(props: Props) {
  const { desk, couple } = props;
  return (
    <>
      {couple.intake !== null && <Care {...props} />}
      <ReportSheet desk={desk} couple={couple} />
    </>
  );
}

function Care({ desk, couple, onWeek }: Props) {
  const [seen, setSeen] = useState<Hours | null>(null);
  useEffect(() => {
    setSeen(null);
    void desk.give(async () => setSeen(await fetchHours(desk.token, couple.id)));
  }, [couple.id, desk.looks.value]);
  if (!seen) return <Busy words="Adding up…" />;
  const who = namesOf(couple);
  return (
    <>
      {seen.this_week && <ThisWeekSheet seen={seen} week={seen.this_week} who={who} onWeek={onWeek} />}
      {seen.weeks.length > 0 && <Weeks seen={seen} who={who} />}
      {seen.knots.length > 0 && (
        <section class="sheet col tight" aria-labelledby="over-time">
          <h2 id="over-time">The two over time</h2>
          <Strands item={{ names: [who.a, who.b], knots: seen.knots }} zone={seen.zone} />
        </section>
      )}
      {seen.weeks.length === 0 && <p class="sheet soft">Their programme begins soon. From its first week on, their hours stand here.</p>}
    </>
  );
}
