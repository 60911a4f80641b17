import { useState } from "preact/hooks";
import type { Outcome, PartnerRow, TherapistView } from "../../protocol";
import { OUTCOMES } from "../../protocol";
import { Dialog } from "../../ui/dialog";
import { OUTCOME } from "../../words/policy";
import type { Desk } from "./desk";

const CHOICES = OUTCOMES.filter((outcome) => outcome !== "provider_cancelled");

/** Set right what was recorded. The earlier entry stays in the log, and misses in a row are counted anew. */
export function Correct({ desk, view, row }: { readonly desk: Desk; readonly view: TherapistView; readonly row: PartnerRow }) {
  const [open, setOpen] = useState(false);
  const [outcome, setOutcome] = useState<Outcome | null>(row.outcome);
  const [reason, setReason] = useState("");
  if (view.session.status === "cancelled") return null;
  const save = async () => {
    if (await desk.give("correct_outcome", { participant: row.key, outcome, reason: reason.trim() })) {
      setOpen(false);
      setReason("");
    }
  };
  return (
    <div class="seat-do">
      <button class="small quiet" type="button" onClick={() => setOpen(true)}>
        Correct this
      </button>
      {open && (
        <Dialog title={`What is right for ${row.name}?`} onClose={() => setOpen(false)}>
          <p class="soft">What was recorded before stays readable. Misses in a row are counted anew.</p>
          <fieldset class="approval">
            <legend class="unseen">Attendance</legend>
            <div class="approvals">
              {CHOICES.map((one) => (
                <label key={one} class="choice">
                  <input type="radio" name={`right-${row.key}`} checked={outcome === one} onChange={() => setOutcome(one)} />
                  <span>
                    <strong>{OUTCOME[one]}</strong>
                  </span>
                </label>
              ))}
            </div>
          </fieldset>
          <label class="col tight">
            <span>Why, in a sentence</span>
            <input type="text" maxLength={200} value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
          </label>
          <div class="col tight">
            <button class="wide primary" type="button" disabled={!reason.trim() || outcome === row.outcome} onClick={() => void save()}>
              Record the correction
            </button>
            <button class="wide" type="button" onClick={() => setOpen(false)}>
              Leave it as it is
            </button>
          </div>
        </Dialog>
      )}
    </div>
  );
}
