import { useId, useState } from "preact/hooks";
import { bring, type ListLook, type ListResult, type ListRow, lookAt, template } from "../../api/coupleList";
import { Title } from "../../ui/page";
import { names } from "../../words/console";
import type { Desk } from "./desk";

const COLUMN: Record<string, string> = {
  therapist: "Therapist",
  first_week: "First week",
  keep_apart: "Keep apart",
  name: "Name",
  mail: "Mail address",
  zone: "Time zone",
  place: "Place",
  language: "Language",
};

/** A clinic that starts with a list: choose the file, look at each line, add. */
export function CoupleListPage({ desk }: { readonly desk: Desk }) {
  const [file, setFile] = useState<File | null>(null);
  const [look, setLook] = useState<ListLook | null>(null);
  const [result, setResult] = useState<ListResult | null>(null);
  const choose = (chosen: File | null) => {
    setFile(chosen);
    setLook(null);
    if (chosen) void desk.give(async () => setLook(await lookAt(desk.token, chosen)), "The list is read. Nothing is added yet.");
  };
  const add = (lines: "all" | "good") => {
    if (file && look) void desk.give(async () => setResult(await bring(desk.token, file, look.seen, lines)), "The couples are added.");
  };
  return (
    <div class="col">
      <div>
        <Title tab="Bring a list">Bring a list of couples</Title>
        <p class="soft">{result ? "" : "From a spreadsheet, saved as CSV. You see every line before anybody is added."}</p>
      </div>
      {result ? <Done result={result} /> : <Choose desk={desk} onFile={choose} />}
      {look && !result && <Looked look={look} busy={desk.busy.value} onAdd={add} />}
      <div class="row">
        <button class="quiet" type="button" onClick={() => desk.go({ at: "home" })}>
          {result ? "To the couples" : "Back"}
        </button>
      </div>
    </div>
  );
}

function Choose({ desk, onFile }: { readonly desk: Desk; readonly onFile: (file: File | null) => void }) {
  const id = useId();
  const save = () =>
    void desk.give(async () => {
      const address = URL.createObjectURL(await template(desk.token));
      Object.assign(document.createElement("a"), { href: address, download: "couples.csv" }).click();
      URL.revokeObjectURL(address);
    });
  return (
    <section class="sheet col" aria-label="The file">
      <p>
        One line for each couple: <strong>therapist</strong> (name or mail address), <strong>first_week</strong> (any day of it, such as 2027-01-11), and{" "}
        <strong>name_1, mail_1, zone_1, place_1</strong> for one partner and <strong>name_2</strong> and so on for the other. <strong>language_1</strong> (en or es) and{" "}
        <strong>keep_apart</strong> (yes, where the two must never meet) may be left out. Up to 500 lines.
      </p>
      <div class="row wrap">
        <button type="button" disabled={desk.busy.value} onClick={save}>
          Save the template
        </button>
      </div>
      <p class="field">
        <label for={id}>The list, as CSV</label>
        <input
          id={id}
          type="file"
          accept=".csv,text/csv"
          // So that the same file, corrected, can be chosen again.
          onClick={(event) => (event.currentTarget.value = "")}
          onChange={(event) => onFile(event.currentTarget.files?.[0] ?? null)}
        />
      </p>
    </section>
  );
}

interface LookedProps {
  readonly look: ListLook;
  readonly busy: boolean;
  readonly onAdd: (lines: "all" | "good") => void;
}

function Looked({ look, busy, onAdd }: LookedProps) {
  const count = (state: ListRow["state"]) => look.rows.filter((row) => row.state === state).length;
  const fresh = count("new");
  const faulty = count("faulty");
  return (
    <section class="list" aria-labelledby="lines">
      <h2 id="lines">{summary(fresh, count("here"), faulty)}</h2>
      {look.ignored.length > 0 && <p class="soft">Not read: {look.ignored.join(", ")}</p>}
      <ul class="sheet plain">
        {look.rows.map((row) => (
          <li key={row.line}>
            <strong>{names(row.names.filter(Boolean)) || `Line ${row.line}`}</strong>{" "}
            <span class="soft">
              {row.state === "new" && `${row.therapist} · week of ${row.starts_on}`}
              {row.state === "here" && "at the clinic already"}
              {row.state === "faulty" && `line ${row.line}`}
            </span>
            {row.faults.map((fault) => (
              <small key={fault.column} class="block fault">
                {column(fault.column)}: {fault.message}
              </small>
            ))}
          </li>
        ))}
      </ul>
      {fresh > 0 && (
        <div class="row wrap">
          <button class="primary" type="button" disabled={busy} onClick={() => onAdd(faulty > 0 ? "good" : "all")}>
            {faulty > 0 ? `Add the ${fresh === 1 ? "good one" : `${fresh} good ones`} only` : fresh === 1 ? "Add this couple" : `Add these ${fresh} couples`}
          </button>
        </div>
      )}
      {fresh > 0 && <p class="soft">{faulty > 0 ? "Or correct the file and choose it again: nobody is added twice." : "Each partner gets a private link by mail."}</p>}
      {fresh === 0 && faulty > 0 && <p class="soft">Correct the file and choose it again. Nobody has been added.</p>}
    </section>
  );
}

function Done({ result }: { readonly result: ListResult }) {
  return (
    <section class="sheet col" aria-label="What was done">
      <p>
        <strong>{result.added === 0 ? "Nobody was added" : result.added === 1 ? "One couple was added" : `${result.added} couples were added`}.</strong>{" "}
        {result.added > 0 && "Each partner gets a private link by mail."}
      </p>
      {result.here > 0 && <p>{result.here === 1 ? "One was" : `${result.here} were`} at the clinic already.</p>}
      {result.left_out > 0 && <p>{result.left_out === 1 ? "One line was" : `${result.left_out} lines were`} left out. Correct them and bring the list again.</p>}
    </section>
  );
}

function summary(fresh: number, here: number, faulty: number): string {
  const parts = [fresh > 0 || here + faulty === 0 ? `${fresh} to add` : "", here > 0 ? `${here} here already` : "", faulty > 0 ? `${faulty} with faults` : ""];
  return parts.filter(Boolean).join(", ");
}

/** "zone_2" as “Time zone of the second partner”. */
function column(name: string): string {
  const [what = name, which] = /^(.+)_([12])$/.exec(name)?.slice(1) ?? [name];
  return `${COLUMN[what] ?? what}${which ? ` of the ${which === "1" ? "first" : "second"} partner` : ""}`;
}
