import type { PartnerRow, TherapistView } from "../../protocol";
import { joint } from "../../words/console";
import type { Desk } from "./desk";

interface Props {
  readonly desk: Desk;
  readonly view: TherapistView;
  readonly row: PartnerRow;
}

/** What no machine knows: whether somebody sits there, or beside the therapist. The therapist's word counts. */
export function Presence({ desk, view, row }: Props) {
  if (row.shares === "therapist")
    return (
      <div class="seat-do">
        <button class="small" type="button" onClick={() => void desk.give("attest_in_office", { participant: row.key, here: false })}>
          {row.name} has left my office
        </button>
      </div>
    );
  if (row.place === "room" && row.state === "present") return <Seen desk={desk} row={row} />;
  const mayCome = joint(view) && row.state !== "present" && row.place !== "removed" && !view.solo_started_at;
  if (!mayCome) return null;
  return (
    <div class="seat-do">
      <button class="small quiet" type="button" onClick={() => void desk.give("attest_in_office", { participant: row.key, here: true })}>
        {row.name} is here in my office
      </button>
    </div>
  );
}

const DOUBT: Partial<Record<PartnerRow["evidence"], string>> = {
  sound: "The camera is off.",
  connection: "Camera and microphone are off.",
  unknown: "Nothing has come for a moment.",
};

function Seen({ desk, row }: Omit<Props, "view">) {
  const say = (here: boolean) => void desk.give("attest_presence", { participant: row.key, here });
  if (row.evidence === "empty")
    return (
      <div class="seat-do" role="group" aria-label={`${row.name}’s chair`}>
        <p class="notice" role="status">
          You said that nobody sits there. {row.name}’s minutes stand still; after two minutes you’re asked how to go on.
        </p>
        <button class="small primary" type="button" onClick={() => say(true)}>
          {row.name} is back
        </button>
      </div>
    );
  const doubt = DOUBT[row.evidence];
  if (!doubt) return null;
  return (
    <div class="seat-do" role="group" aria-label={`Is ${row.name} there?`}>
      <p>
        {doubt} Is {row.name} there?
      </p>
      <button class="small" type="button" onClick={() => say(true)}>
        Yes
      </button>
    </div>
  );
}

/** Beside what else can be done with somebody in the room. */
export function Nobody({ desk, view, row }: Props) {
  const carries = view.partners.some((other) => other.shares === row.key);
  if (row.place !== "room" || row.evidence === "empty" || row.shares === "therapist" || carries) return null;
  return (
    <button class="small" type="button" onClick={() => void desk.give("attest_presence", { participant: row.key, here: false })}>
      Nobody there
    </button>
  );
}
