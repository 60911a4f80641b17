import { useState } from "preact/hooks";
import { addCouple, addStaff, type Hours, type NewPerson } from "../../api/clinic";
import { Select, Text } from "../../ui/fields";
import { WeekHours } from "../../ui/hours";
import { Title } from "../../ui/page";
import { firstDay, hoursSaid, wallOf, ZONES } from "../../words/times";
import type { Desk } from "./desk";

export const LANGUAGE = { en: "English", es: "Español" };
const WORKDAYS: Hours = [0, 1, 2, 3, 4].map((day) => [day, "09:00", "19:00"] as const);

function fresh(zone: string, hours: Hours): NewPerson {
  return { name: "", email: "", zone, hours, language: "en" };
}

/** "US-NY, US-NJ" as places. */
export function placesOf(licences: string): string[] {
  return licences.split(",").map((one) => one.trim()).filter(Boolean);
}

export function Licences(props: { readonly value: string; readonly onValue: (value: string) => void }) {
  return <Text {...props} label="Licensed in" hint="Places, with commas between, such as US-NY, US-NJ. Whoever is elsewhere is offered no time. Without any, nobody is checked." />;
}

export function NewTherapist({ desk }: { readonly desk: Desk }) {
  const zone = desk.overview.value.programme?.zone ?? "America/New_York";
  const [person, setPerson] = useState(fresh(zone, WORKDAYS));
  const [licences, setLicences] = useState("");
  const save = async () => {
    if (await desk.give(() => addStaff(desk.token, person, placesOf(licences)), `${person.name} gets a link of their own by mail.`)) desk.go({ at: "home" });
  };
  return (
    <form class="col" onSubmit={(event) => (event.preventDefault(), void save())}>
      <div>
        <Title tab="Add a therapist">Add a therapist</Title>
        <p class="soft">They get a link of their own by mail, which opens their page.</p>
      </div>
      <fieldset class="sheet fields">
        <legend>Who</legend>
        <PersonFields person={person} onPerson={setPerson} />
        <Licences value={licences} onValue={setLicences} />
      </fieldset>
      <div class="sheet">
        <WeekHours legend="Working hours, as their own clock shows them" hours={person.hours} onHours={(hours) => setPerson({ ...person, hours })} />
      </div>
      <Ends desk={desk} words="Add this therapist" />
    </form>
  );
}

export function NewCouple({ desk }: { readonly desk: Desk }) {
  const { staff, programme } = desk.overview.value;
  const zone = programme?.zone ?? "America/New_York";
  const evenings: Hours = [0, 1, 2, 3, 4, 5].map((day) => [day, "09:00", "20:00"] as const);
  const [partners, setPartners] = useState([{ person: fresh(zone, evenings), place: "" }, { person: fresh(zone, evenings), place: "" }]);
  const [therapist, setTherapist] = useState(staff[0]?.id ?? "");
  const [starts, setStarts] = useState(firstDay(wallOf(Date.now(), zone).slice(0, 10)));
  const [apart, setApart] = useState(false);
  const save = async () => {
    const body = { therapist, partners, starts_on: starts, keep_apart: apart };
    if (await desk.give(() => addCouple(desk.token, body), "Both get a link of their own by mail.")) desk.go({ at: "home" });
  };
  const change = (n: number, part: Partial<(typeof partners)[number]>) => setPartners(partners.map((one, m) => (m === n ? { ...one, ...part } : one)));
  return (
    <form class="col" onSubmit={(event) => (event.preventDefault(), void save())}>
      <div>
        <Title tab="Add a couple">Add a couple</Title>
        <p class="soft">Each partner gets a private link of their own. What one tells us, the other doesn’t see.</p>
      </div>
      <fieldset class="sheet fields">
        <legend>Their programme</legend>
        <Select label="Therapist" value={therapist} options={Object.fromEntries(staff.map((one) => [one.id, one.name]))} onValue={setTherapist} />
        <Text label="First week" type="date" hint="Any day of it; weeks begin on Monday." value={starts} onValue={setStarts} />
        <label class="choice wide-field">
          <input type="checkbox" checked={apart} onChange={(event) => setApart(event.currentTarget.checked)} />
          <span>
            <strong>These two must never meet</strong>
            <small>Neither is told. Every session is held with one of them alone.</small>
          </span>
        </label>
      </fieldset>
      {partners.map((partner, n) => (
        <fieldset key={n} class="sheet fields">
          <legend>{n === 0 ? "One partner" : "The other partner"}</legend>
          <PersonFields person={partner.person} onPerson={(person) => change(n, { person })} />
          <Text label="Where they are" hint="State or country, such as US-NY: for the therapist’s licence." value={partner.place} onValue={(place) => change(n, { place })} />
          <details class="wide-field">
            <summary>
              <span>
                When they can come <small class="block">{hoursSaid(partner.person.hours)}</small>
              </span>
            </summary>
            <WeekHours legend="As their own clock shows it. They can change it on their page." hours={partner.person.hours} onHours={(hours) => change(n, { person: { ...partner.person, hours } })} />
          </details>
        </fieldset>
      ))}
      <Ends desk={desk} words="Add this couple" />
    </form>
  );
}

function PersonFields({ person, onPerson }: { readonly person: NewPerson; readonly onPerson: (person: NewPerson) => void }) {
  const set = (change: Partial<NewPerson>) => onPerson({ ...person, ...change });
  return (
    <>
      <Text label="Name they go by" value={person.name} onValue={(name) => set({ name })} />
      <Text label="Mail address" type="email" value={person.email} onValue={(email) => set({ email })} />
      <Text label="Time zone" list={ZONES} value={person.zone} onValue={(zone) => set({ zone })} />
      <Select label="We write in" value={person.language} options={LANGUAGE} onValue={(language) => set({ language })} />
    </>
  );
}

function Ends({ desk, words }: { readonly desk: Desk; readonly words: string }) {
  return (
    <div class="row wrap">
      <button class="primary" type="submit" disabled={desk.busy.value}>
        {words}
      </button>
      <button class="quiet" type="button" onClick={() => desk.go({ at: "home" })}>
        Back
      </button>
    </div>
  );
}
