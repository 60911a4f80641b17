import { useEffect, useState } from "preact/hooks";
import { type Couple, earlier, type Note, notes, write } from "../../api/clinic";
import { Text } from "../../ui/fields";
import { clockTime, plainDay, shortDay, wallOf } from "../../words/times";
import type { Desk } from "./desk";

interface Props {
  readonly desk: Desk;
  readonly couple: Couple;
  /** "couple", or the key of the partner whose own file this is. */
  readonly file: "couple" | "a" | "b";
  readonly name: string;
}

/** One file’s notes, loaded once somebody opens it, so that they aren’t on the screen when it is shared. */
export function Notes(props: Props) {
  const [open, setOpen] = useState(false);
  return (
    <details class="notes" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{props.file === "couple" ? "Notes on their work together" : `Notes on ${props.name}’s own work`}</summary>
      {open && <File {...props} />}
    </details>
  );
}

function File({ desk, couple, file, name }: Props) {
  const [found, setFound] = useState<readonly Note[] | null>(null);
  const [correcting, setCorrecting] = useState<Note | null>(null);
  useEffect(() => void desk.give(async () => setFound((await notes(desk.token, couple.id, file)).notes)), [couple.id, file]);
  const keep = (day: string, text: string, corrects?: Note) =>
    desk.give(async () => {
      setFound((await write(desk.token, couple.id, file, day, text, corrects)).notes);
      setCorrecting(null);
    }, "The note is kept.");
  const zone = couple.clinic.zone;
  return (
    <div class="col">
      <small>{file === "couple" ? "Only the care team reads this. What one of them works on alone belongs into their own notes." : `Only the care team reads this. It isn’t part of the couple’s notes, and ${name}’s partner never sees it.`}</small>
      <Written key={found?.length ?? 0} desk={desk} label="A new note" zone={zone} onKeep={keep} />
      {found?.length === 0 && <p class="soft">No notes yet.</p>}
      <ul class="col">
        {found?.map((one) =>
          correcting?.id === one.id ? (
            <li key={one.id}>
              <Written desk={desk} label="The corrected note" zone={zone} note={one} onKeep={keep} onBack={() => setCorrecting(null)} />
            </li>
          ) : (
            <li key={one.id} class="note">
              <div class="row wrap">
                <strong class="grow">{plainDay(one.day)}</strong>
                <button class="small quiet" type="button" aria-label={`Correct the note of ${plainDay(one.day)}`} onClick={() => setCorrecting(one)}>
                  Correct
                </button>
              </div>
              <p>{one.text}</p>
              <small>
                {one.by}, {shortDay(one.at, zone)}, {clockTime(one.at, zone)}
              </small>
              {one.revision > 1 && <Before desk={desk} couple={couple.id} file={file} note={one} zone={zone} />}
            </li>
          ),
        )}
      </ul>
    </div>
  );
}

interface WrittenProps {
  readonly desk: Desk;
  readonly label: string;
  readonly zone: string;
  readonly note?: Note;
  readonly onKeep: (day: string, text: string, corrects?: Note) => void;
  readonly onBack?: () => void;
}

function Written({ desk, label, zone, note, onKeep, onBack }: WrittenProps) {
  const [day, setDay] = useState(note?.day ?? wallOf(Date.now(), zone).slice(0, 10));
  const [text, setText] = useState(note?.text ?? "");
  return (
    <form class="col tight" onSubmit={(event) => (event.preventDefault(), onKeep(day, text, note))}>
      <Text label={label} rows={3} value={text} onValue={setText} />
      <Text label="Of the day" type="date" value={day} onValue={setDay} />
      <div class="row wrap">
        <button type="submit" disabled={desk.busy.value || !text.trim() || !day}>
          Keep this note
        </button>
        {onBack && (
          <button class="quiet" type="button" onClick={onBack}>
            Back
          </button>
        )}
      </div>
      {note && <small>What it says now stays readable below it.</small>}
    </form>
  );
}

function Before({ desk, couple, file, note, zone }: { readonly desk: Desk; readonly couple: string; readonly file: string; readonly note: Note; readonly zone: string }) {
  const [found, setFound] = useState<readonly Note[] | null>(null);
  useEffect(() => setFound(null), [note.revision]);
  if (!found) {
    return (
      <button class="small quiet" type="button" onClick={() => void desk.give(async () => setFound((await earlier(desk.token, couple, file, note.id)).versions))}>
        What it said before
      </button>
    );
  }
  return (
    <ul class="said">
      {found.slice(0, -1).map((one) => (
        <li key={one.revision}>
          <small>
            {one.by}, {shortDay(one.at, zone)}, {clockTime(one.at, zone)}
          </small>
          <span class="soft">{one.text}</span>
        </li>
      ))}
    </ul>
  );
}
