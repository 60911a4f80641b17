import { useEffect, useState } from "preact/hooks";
import { Refused } from "../../api/rest";
import { type Whereabouts, whereabouts } from "../../api/whereabouts";
import type { PartnerRow } from "../../protocol";
import { Dialog } from "../../ui/dialog";
import { clockTime } from "../../words/times";
import type { Desk } from "./desk";

interface Props {
  readonly desk: Desk;
  readonly row: PartnerRow;
  readonly zone: string;
}

/** Where somebody is, for the moment in which help must be sent. Read only when it is opened, and that is written down. */
export function Where({ desk, row, zone }: Props) {
  const [open, setOpen] = useState(false);
  if (!row.told_where_at) return null;
  return (
    <>
      <button class="small" type="button" onClick={() => setOpen(true)}>
        Where is {row.name}?
      </button>
      {open && <Told desk={desk} row={row} zone={zone} onClose={() => setOpen(false)} />}
    </>
  );
}

function Told({ desk, row, zone, onClose }: Props & { readonly onClose: () => void }) {
  const [where, setWhere] = useState<Whereabouts | null>(null);
  const [trouble, setTrouble] = useState("");
  useEffect(() => {
    whereabouts(desk.token).then(
      ({ partners }) => setWhere(partners[row.key] ?? null),
      (error: unknown) => setTrouble(error instanceof Refused ? error.message : "Please try again."),
    );
  }, [row.told_where_at]);
  return (
    <Dialog title={`Where ${row.name} is`} onClose={onClose}>
      {trouble && (
        <p class="notice" role="alert">
          {trouble}
        </p>
      )}
      {where && (
        <dl class="where">
          <dt>{row.told_where_at ? `Told at ${clockTime(row.told_where_at, zone)}` : "Told"}</dt>
          <dd>{where.place}</dd>
          {where.contact && (
            <>
              <dt>To call</dt>
              <dd>
                {where.contact}, <a href={`tel:${where.phone.replace(/[^+\d]/g, "")}`}>{where.phone}</a>
              </dd>
            </>
          )}
        </dl>
      )}
      <button class="wide" type="button" onClick={onClose}>
        Close
      </button>
    </Dialog>
  );
}
