import { useEffect, useState } from "preact/hooks";
import { plan } from "../../api/relapse";
import { usePlan } from "./section";

// The rooms speak English; their words are written here, because the catalogue would be one more thing to wait for.
const LANGUAGE = "en";

/** “Our plan” beside the video of a couple that has one; for everybody else there is no such button. */
export function PlanPanel({ token, zone }: { readonly token: string; readonly zone: string }) {
  const [there, setThere] = useState(false);
  const [open, setOpen] = useState(false);
  const { Plan, load } = usePlan();
  useEffect(() => void plan({ token }).then(() => setThere(true), () => setThere(false)), [token]);
  if (!there) return null;
  return (
    <>
      <button type="button" aria-expanded={open} onClick={() => (load(), setOpen(!open))}>
        Our plan
      </button>
      {open && (
        <aside class="planpanel col" aria-label="Our plan">
          <div class="row">
            <h2 class="grow">Our plan</h2>
            <button class="small" type="button" onClick={() => setOpen(false)}>
              Close
            </button>
          </div>
          {Plan && <Plan token={token} language={LANGUAGE} zone={zone} />}
        </aside>
      )}
    </>
  );
}
