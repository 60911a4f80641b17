import { useState } from "preact/hooks";
import { type Coming, enter, tell } from "../../api/portal";
import { REASONS } from "../../protocol";
import { Dialog } from "../../ui/dialog";
import { Elsewhere } from "../../ui/elsewhere";
import type { Said } from "../../words/say";
import { city, clockTime, day, shortDay } from "../../words/times";
import type { Desk } from "./desk";
import { Earlier } from "./earlier";

/** The next session, large, with its door. */
export function Next({ desk }: { readonly desk: Desk }) {
  const { value: say } = desk.say;
  const [first] = desk.page.value.coming;
  if (!first) return <p class="sheet soft">{say("nothing_coming")}</p>;
  return (
    <section class="sheet next" aria-labelledby="next">
      <h2 id="next" class="soft">
        {say("next")}
      </h2>
      <Card key={first.id} desk={desk} one={first} />
    </section>
  );
}

/** The sessions after the next one. */
export function After({ desk }: { readonly desk: Desk }) {
  const others = desk.page.value.coming.slice(1);
  if (others.length === 0) return null;
  return (
    <section class="list" aria-labelledby="coming">
      <h2 id="coming">{desk.say.value("coming")}</h2>
      <ul class="sheet coming">
        {others.map((one) => (
          <Later key={one.id} desk={desk} one={one} />
        ))}
      </ul>
    </section>
  );
}

function kindOf(desk: Desk, one: Coming): string {
  return desk.say.value(`kind_${one.kind}`, { name: one.with, host: one.host });
}

function Card({ desk, one }: { readonly desk: Desk; readonly one: Coming }) {
  const { value: say } = desk.say;
  const { zone } = desk.page.value;
  const go = async () => {
    const door = await enter(desk.token, one.id).catch(() => null);
    if (door) location.assign(`/join#${door.token}`);
    else desk.trouble.value = say("trouble");
  };
  return (
    <>
      <p class="when">
        <strong>{day(one.starts_at, zone)}</strong>
        <span>{clockTime(one.starts_at, zone)}</span>
      </p>
      <p>
        {kindOf(desk, one)} <small class="block">{`${say("minutes", { count: one.minutes })} · ${say("zone", { city: city(zone) })}`}</small>
      </p>
      <Elsewhere say={say} at={one.starts_at} zone={zone} />
      {one.open && !one.away ? (
        <button class="primary big wide" type="button" onClick={() => void go()}>
          {say("join")}
        </button>
      ) : (
        !one.away && <p class="soft">{say("opens", { time: clockTime(one.opens_at, zone) })}</p>
      )}
      <Word desk={desk} one={one} />
      <Earlier desk={desk} one={one} />
    </>
  );
}

function Later({ desk, one }: { readonly desk: Desk; readonly one: Coming }) {
  const [open, setOpen] = useState(false);
  const { zone } = desk.page.value;
  return (
    <li>
      <button class="quiet later" type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
        <time dateTime={one.starts_at}>
          {shortDay(one.starts_at, zone)}, {clockTime(one.starts_at, zone)}
        </time>
        <span class="soft">{kindOf(desk, one)}</span>
      </button>
      {(open || one.away) && <Word desk={desk} one={one} />}
      {open && !one.away && <Earlier desk={desk} one={one} />}
    </li>
  );
}

/** I’ll be late, I can’t come, and back again: each one tap and a choice. */
function Word({ desk, one }: { readonly desk: Desk; readonly one: Coming }) {
  const { value: say } = desk.say;
  const [asking, setAsking] = useState<"late" | "cant" | null>(null);
  const when = day(one.starts_at, desk.page.value.zone);
  const send = async (reason: string | null, late: number | null) => {
    setAsking(null);
    await desk.give(() => tell(desk.token, one.id, reason, late), reason ? say("moved") : say("kept"));
  };
  if (one.away) {
    return (
      <div class="col tight">
        <p>{say("said_away")}</p>
        <button class="wide" type="button" disabled={desk.busy.value} onClick={() => void send(null, null)}>
          {say("can_after_all")}
        </button>
      </div>
    );
  }
  return (
    <>
      {one.late_until && <p class="soft">{say("said_late", { time: clockTime(one.late_until, desk.page.value.zone) })}</p>}
      <div class="row word">
        <button class="small" type="button" aria-label={`${say("late")}: ${when}`} onClick={() => setAsking("late")}>
          {say("late")}
        </button>
        <button class="small" type="button" aria-label={`${say("cant")}: ${when}`} onClick={() => setAsking("cant")}>
          {say("cant")}
        </button>
      </div>
      {asking === "late" && (
        <Dialog title={say("late_title")} onClose={() => setAsking(null)}>
          <p class="soft">{say("late_soft", { host: one.host })}</p>
          <div class="choices2">
            {[5, 10, 15, 20].map((count) => (
              <button key={count} type="button" onClick={() => void send(null, count)}>
                {say("late_minutes", { count })}
              </button>
            ))}
          </div>
          <button class="quiet wide" type="button" onClick={() => setAsking(null)}>
            {say("back")}
          </button>
        </Dialog>
      )}
      {asking === "cant" && (
        <Dialog title={say("cant_title")} onClose={() => setAsking(null)}>
          <p class="soft">{say("cant_soft")}</p>
          <div class="col tight">
            {REASONS.map((reason) => (
              <button key={reason} type="button" onClick={() => void send(reason, null)}>
                {say(`reason_${reason}` as Said)}
              </button>
            ))}
          </div>
          <button class="quiet wide" type="button" onClick={() => setAsking(null)}>
            {say("back")}
          </button>
        </Dialog>
      )}
    </>
  );
}
