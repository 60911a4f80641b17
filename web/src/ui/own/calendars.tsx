import { useId, useState } from "preact/hooks";
import { addAddress, addFile, dropCalendar, type OwnTimes, renewFeed, stopFeed } from "../../api/own";
import { shortDay } from "../../words/times";
import { Text } from "../fields";
import type { Own } from "./live";

interface Props {
  readonly own: Own;
  readonly times: OwnTimes;
}

/** Calendars kept elsewhere: taken in as times in which somebody is busy, and nothing else of them. */
export function Calendars({ own, times }: Props) {
  const { say } = own;
  return (
    <section aria-label={say("own_calendars")}>
      <h3>{say("own_calendars")}</h3>
      <p class="soft">{say("own_calendars_soft")}</p>
      {times.calendars.length > 0 && (
        <ul class="plain">
          {times.calendars.map((one) => (
            <li key={one.id} class="row wrap">
              <span class="grow">
                <strong>{one.name}</strong> <small class="block">{one.host || say("own_calendar_file")}</small>
                <small class="block">
                  {one.unread_since ? say("own_calendar_unread", { day: shortDay(one.unread_since, times.zone) }) : say("own_calendar_read", { count: one.busy, day: shortDay(one.read_at, times.zone) })}
                </small>
              </span>
              <button class="small quiet" type="button" disabled={own.busy.value} aria-label={`${say("take_out")}: ${one.name}`} onClick={() => void own.give(() => dropCalendar(own.token, one.id))}>
                {say("take_out")}
              </button>
            </li>
          ))}
        </ul>
      )}
      <Bring own={own} />
    </section>
  );
}

function Bring({ own }: { readonly own: Own }) {
  const { say } = own;
  const id = useId();
  const [open, setOpen] = useState(false);
  const [name, setName] = useState("");
  const [address, setAddress] = useState("");
  if (!open) {
    return (
      <button class="small" type="button" onClick={() => setOpen(true)}>
        {say("own_calendar_add")}
      </button>
    );
  }
  const done = (worked: boolean) => worked && (setOpen(false), setName(""), setAddress(""));
  const called = name.trim() || say("own_calendar");
  return (
    <form class="fields" onSubmit={(event) => (event.preventDefault(), void own.give(() => addAddress(own.token, called, address)).then(done))}>
      <Text label={say("own_calendar_name")} value={name} onValue={setName} />
      <Text label={say("own_calendar_address")} hint={say("own_calendar_address_hint")} value={address} onValue={setAddress} />
      <p class="field">
        <label for={id}>{say("own_calendar_or_file")}</label>
        <input
          id={id}
          type="file"
          accept=".ics,text/calendar"
          onClick={(event) => (event.currentTarget.value = "")}
          onChange={(event) => {
            const [file] = event.currentTarget.files ?? [];
            if (file) void own.give(() => addFile(own.token, called, file)).then(done);
          }}
        />
      </p>
      <span class="row wrap wide-field">
        <button class="small primary" type="submit" disabled={own.busy.value || address.trim() === ""}>
          {say("own_calendar_take")}
        </button>
        <button class="small quiet" type="button" onClick={() => setOpen(false)}>
          {say("back")}
        </button>
      </span>
    </form>
  );
}

/** One’s appointments in one’s own calendar: a secret address, shown once. */
export function Feed({ own, times }: Props) {
  const { say } = own;
  const [address, setAddress] = useState("");
  const renew = () =>
    void own.give(async () => {
      const { address: fresh, ...rest } = await renewFeed(own.token);
      setAddress(fresh);
      return rest;
    }, say("own_feed_made"));
  const copy = () => void navigator.clipboard?.writeText(address).then(() => (own.said.value = say("copied")));
  return (
    <section aria-label={say("own_feed")}>
      <h3>{say("own_feed")}</h3>
      <p class="soft">{say("own_feed_soft")}</p>
      {address && (
        <div class="col tight">
          <p class="secret">{address}</p>
          <p class="soft">{say("own_feed_once")}</p>
          <button class="small" type="button" onClick={copy}>
            {say("copy")}
          </button>
        </div>
      )}
      <span class="row wrap">
        <button class="small" type="button" disabled={own.busy.value} onClick={renew}>
          {say(times.feed ? "own_feed_new" : "own_feed_make")}
        </button>
        {times.feed && (
          <button class="small quiet" type="button" disabled={own.busy.value} onClick={() => (setAddress(""), void own.give(() => stopFeed(own.token)))}>
            {say("own_feed_stop")}
          </button>
        )}
      </span>
    </section>
  );
}
