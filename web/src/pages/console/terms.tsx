import { useState } from "preact/hooks";
import type { AttendanceClass, Focus, TherapistView } from "../../protocol";
import { ATTENDANCE_CLASSES, FOCUSES } from "../../protocol";
import { joint } from "../../words/console";
import { ATTENDANCE, FOCUS, JOINT_WORK } from "../../words/policy";
import type { Desk } from "./desk";

interface Props {
  readonly desk: Desk;
  readonly view: TherapistView;
}

/** What the session is about and who it needs: the therapist's to change until it begins. */
export function Terms({ desk, view }: Props) {
  const [focus, setFocus] = useState<readonly Focus[]>(view.focus);
  const [attendance, setAttendance] = useState<AttendanceClass | null>(view.override);
  const [kept, setKept] = useState(false);
  const toggle = (one: Focus) => {
    setKept(false);
    setFocus(focus.includes(one) ? focus.filter((other) => other !== one) : [...focus, one]);
  };
  const choose = (one: AttendanceClass | null) => {
    setKept(false);
    setAttendance(one);
  };
  const keep = async () => {
    if (await desk.give("set_terms", { focus: [...focus], attendance })) setKept(true);
  };
  return (
    <section class="sheet">
      <details class="terms">
        <summary>Change the focus{joint(view) && ", or who is needed"}</summary>
        <fieldset>
          <legend>Today’s focus</legend>
          {FOCUSES.map((one) => (
            <label key={one} class="choice">
              <input type="checkbox" checked={focus.includes(one)} onChange={() => toggle(one)} />
              <span>
                <strong>{FOCUS[one]}</strong>
                {joint(view) && JOINT_WORK.has(one) && <small>needs both</small>}
              </span>
            </label>
          ))}
        </fieldset>
        {joint(view) && (
          <fieldset>
            <legend>Who is needed</legend>
            <label class="choice">
              <input type="radio" name="needed" checked={attendance === null} onChange={() => choose(null)} />
              <span>
                <strong>As the focus has it</strong>
              </span>
            </label>
            {ATTENDANCE_CLASSES.map((one) => (
              <label key={one} class="choice">
                <input type="radio" name="needed" checked={attendance === one} onChange={() => choose(one)} />
                <span>
                  <strong>{ATTENDANCE[one]}</strong>
                </span>
              </label>
            ))}
          </fieldset>
        )}
        <button class="wide" type="button" disabled={focus.length === 0 || focus.length > 5} onClick={() => void keep()}>
          Use this
        </button>
        <p role="status">{kept ? "Done. Dyad decides by this from now on." : ""}</p>
      </details>
    </section>
  );
}
