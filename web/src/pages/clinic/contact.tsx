import { useState } from "preact/hooks";
import { change, type Contact as Known, type Couple, type Partner } from "../../api/clinic";
import { HOURS, Select, Text } from "../../ui/fields";
import { ZONES } from "../../words/times";
import type { Desk } from "./desk";
import { LANGUAGE } from "./people";

/** How one partner is reached, and where they are: for the staff to change. */
export function Contact({ desk, couple, partner }: { readonly desk: Desk; readonly couple: Couple; readonly partner: Partner }) {
  const { place, language, safe_from, safe_until } = partner.client;
  const [contact, setContact] = useState<Known>({ name: partner.name, email: partner.email, zone: partner.zone, place, language, safe_from, safe_until });
  const [seen, setSeen] = useState(partner.revision);
  const set = (part: Partial<Known>) => setContact({ ...contact, ...part });
  const save = () =>
    desk.give(async () => {
      desk.couple.value = await change(desk.token, couple.id, `contact/${partner.key}`, { contact, seen });
      setSeen(seen + 1);
    }, "Kept.");
  return (
    <details>
      <summary>How we reach {partner.name}</summary>
      <form class="col" onSubmit={(event) => (event.preventDefault(), void save())}>
        <Text label="Name they go by" value={contact.name} onValue={(name) => set({ name })} />
        <Text label="Mail address" type="email" value={contact.email} onValue={(email) => set({ email })} />
        <Text label="Time zone" list={ZONES} value={contact.zone} onValue={(zone) => set({ zone })} />
        <Text label="Where they are" hint="State or country, such as US-NY." value={contact.place} onValue={(where) => set({ place: where })} />
        <Select label="We write in" value={contact.language} options={LANGUAGE} onValue={(said) => set({ language: said })} />
        <div class="fields halves">
          <Select label="We may write from" value={`${contact.safe_from}`} options={HOURS} onValue={(hour) => set({ safe_from: Number(hour) })} />
          <Select label="Until" value={`${contact.safe_until}`} options={HOURS} onValue={(hour) => set({ safe_until: Number(hour) })} />
        </div>
        <button type="submit" disabled={desk.busy.value} aria-label={`Keep how we reach ${partner.name}`}>
          Keep
        </button>
      </form>
    </details>
  );
}
