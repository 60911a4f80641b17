import { useState } from "preact/hooks";
import { invite, type Overview, setLicences, type Staff } from "../../api/clinic";
import type { Desk } from "./desk";
import { Licences, placesOf } from "./people";

/** The clinic's therapists, and the way to what holds for all of it. */
export function Clinic({ desk, seen }: { readonly desk: Desk; readonly seen: Overview }) {
  return (
    <section class="list" aria-labelledby="staff">
      <div class="row wrap">
        <h2 id="staff" class="grow">
          Therapists
        </h2>
        <button class="small" type="button" onClick={() => desk.go({ at: "therapist" })}>
          Add a therapist
        </button>
      </div>
      <ul class="sheet plain">
        {seen.staff.map((one) => (
          <Therapist key={`${one.id} ${one.revision}`} desk={desk} one={one} />
        ))}
      </ul>
      <div class="row wrap">
        <button type="button" onClick={() => desk.go({ at: "programme" })}>
          Change the programme
        </button>
        <button type="button" onClick={() => desk.go({ at: "agreement" })}>
          Change the agreement
        </button>
      </div>
    </section>
  );
}

function Therapist({ desk, one }: { readonly desk: Desk; readonly one: Staff }) {
  const [licences, setPlaces] = useState(one.licences.join(", "));
  const save = async () => {
    if (await desk.give(() => setLicences(desk.token, one, placesOf(licences)), "Kept. New times go by it.")) await desk.refresh();
  };
  const again = () => void desk.give(() => invite(desk.token, one.id), `${one.name} gets a new link by mail.`);
  return (
    <li>
      <details>
        <summary>
          <span class="grow">{one.name}</span>
          <span class="soft licences">{one.licences.length > 0 ? `Licensed in ${one.licences.join(", ")}` : "No licences given"}</span>
        </summary>
        <form class="col tight licensing" onSubmit={(event) => (event.preventDefault(), void save())}>
          <Licences value={licences} onValue={setPlaces} />
          <div class="row wrap">
            <button class="small" type="submit" disabled={desk.busy.value} aria-label={`Keep where ${one.name} is licensed`}>
              Keep
            </button>
            <button class="small quiet" type="button" disabled={desk.busy.value} onClick={again}>
              Send {one.name} a new link
            </button>
          </div>
        </form>
      </details>
    </li>
  );
}
