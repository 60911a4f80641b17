import { useState } from "preact/hooks";
import type { Couple } from "../../../api/clinic";
import type { Key, Kind, Proposed, Week } from "../../../api/weeks";
import { Select, Text } from "../../../ui/fields";
import { city, instantOf, wallOf } from "../../../words/times";

interface Props {
  readonly week: Week;
  readonly couple: Couple;
  readonly onAdd: (one: Proposed) => void;
}

/** A session that nobody proposed: any time of the week, the clinic’s own clock. */
export function AddSession({ week, couple, onAdd }: Props) {
  const begin = wallOf(Math.max(Date.parse(week.since), Date.parse(week.now) + 120_000), week.zone);
  const [what, setWhat] = useState("couples");
  const [date, setDate] = useState(begin.slice(0, 10));
  const [time, setTime] = useState(begin.slice(11));
  const options = {
    ...(couple.plan.keep_apart ? {} : { intake: "First session together", couples: "Together" }),
    a: `${couple.partners[0]?.name ?? ""} alone`,
    b: `${couple.partners[1]?.name ?? ""} alone`,
  };
  const add = () => {
    const alone = what === "a" || what === "b";
    const kind: Kind = alone ? "individual" : (what as Kind);
    const who: readonly Key[] = alone ? [what as Key] : ["a", "b"];
    const minutes = alone ? couple.clinic.lengths.individual : couple.clinic.lengths.joint;
    onAdd({ kind, who, starts_at: instantOf(`${date}T${time}`, week.zone), minutes, focus: null, group: "", group_name: null, why: "target", reasons: [] });
  };
  return (
    <details class="sheet">
      <summary>Add a session</summary>
      <div class="fields">
        <Select label="Which" value={what in options ? what : "a"} options={options} onValue={setWhat} />
        <Text label="Day" type="date" value={date} onValue={setDate} />
        <Text label="Begins" type="time" hint={`${city(week.zone)} time`} value={time} onValue={setTime} />
        <button type="button" onClick={add}>
          Put it into the week
        </button>
      </div>
    </details>
  );
}
