import { useState } from "preact/hooks";
import { cancel, move } from "../../../api/booked";
import { type Booked, times, type Week } from "../../../api/weeks";
import { Text } from "../../../ui/fields";
import { city, clockTime, day, instantOf, shortDay, wallOf } from "../../../words/times";
import { KIND } from "../../../words/week";
import type { Desk } from "../desk";

interface Props {
  readonly desk: Desk;
  readonly couple: string;
  readonly week: Week;
  readonly one: Booked;
  readonly onChanged: () => void;
}

/** Another time for what is booked, or none: everybody it is for gets a message and the change in their calendar. */
export function Change(props: Props) {
  const { one, week } = props;
  const [open, setOpen] = useState<"" | "move" | "cancel">("");
  const name = `${KIND[one.kind]}, ${day(one.starts_at, week.zone)}`;
  if (open === "move") return <Move {...props} onClose={() => setOpen("")} />;
  if (open === "cancel") return <Cancel {...props} onClose={() => setOpen("")} />;
  // While the week is fetched anew, what is opened here would be gone with the day that it stands in.
  return (
    <span class="row wrap">
      <button class="small quiet" type="button" disabled={props.desk.busy.value} aria-label={`Move: ${name}`} onClick={() => setOpen("move")}>
        Move
      </button>
      <button class="small quiet" type="button" disabled={props.desk.busy.value} aria-label={`Cancel: ${name}`} onClick={() => setOpen("cancel")}>
        Cancel
      </button>
    </span>
  );
}

function Move({ desk, couple, week, one, onChanged, onClose }: Props & { readonly onClose: () => void }) {
  const wall = wallOf(Date.parse(one.starts_at), week.zone);
  const [date, setDate] = useState(wall.slice(0, 10));
  const [time, setTime] = useState(wall.slice(11));
  const [found, setFound] = useState<readonly string[] | null>(null);
  const look = () => desk.give(async () => setFound((await times(desk.token, couple, week.number, one.who, one.minutes)).times));
  const to = async (starts_at: string) => {
    if (!(await desk.give(() => move(desk.token, couple, one, starts_at), "Moved. Everybody in it gets a message."))) return;
    onClose();
    onChanged();
  };
  return (
    <div class="others col" role="group" aria-label={`Another time: ${KIND[one.kind]}`}>
      {found === null ? (
        <button class="small" type="button" disabled={desk.busy.value} onClick={() => void look()}>
          Times that suit everybody
        </button>
      ) : (
        <span class="row wrap">
          {found.length === 0 && <small>No other time of this week suits everybody.</small>}
          {found.map((at) => (
            <button key={at} class="small" type="button" disabled={desk.busy.value} onClick={() => void to(at)}>
              {shortDay(at, week.zone).replace(/,.*/, "")} {clockTime(at, week.zone)}
            </button>
          ))}
        </span>
      )}
      <div class="fields">
        <Text label="Day" type="date" value={date} onValue={setDate} />
        <Text label="Begins" type="time" hint={`${city(week.zone)} time`} value={time} onValue={setTime} />
      </div>
      <span class="row wrap">
        <button class="small primary" type="button" disabled={desk.busy.value || !date || !time} onClick={() => void to(instantOf(`${date}T${time}`, week.zone))}>
          Move it there
        </button>
        <button class="small quiet" type="button" onClick={onClose}>
          Keep it
        </button>
      </span>
    </div>
  );
}

function Cancel({ desk, couple, one, onChanged, onClose }: Props & { readonly onClose: () => void }) {
  const off = async () => {
    if (!(await desk.give(() => cancel(desk.token, couple, one), "Cancelled. Everybody in it gets a message."))) return;
    onClose();
    onChanged();
  };
  return (
    <div class="others col" role="group" aria-label={`Cancel: ${KIND[one.kind]}`}>
      <small>Everybody in it gets a message{one.series ? ". The other weeks stay" : ""}.</small>
      <span class="row wrap">
        <button class="small primary" type="button" disabled={desk.busy.value} onClick={() => void off()}>
          Cancel this session
        </button>
        <button class="small quiet" type="button" onClick={onClose}>
          Keep it
        </button>
      </span>
    </div>
  );
}
