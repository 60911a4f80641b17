import { GROUPS, type Number_, numberOf, UNIT, valueOf } from "../../words/tryPolicy";
import type { Desk } from "./desk";

/** Every number with what it is now beside it, once it differs. */
export function Numbers({ desk }: { readonly desk: Desk }) {
  return (
    <div class="numbers">
      {GROUPS.map(({ name, numbers }) => (
        <fieldset key={name}>
          <legend>{name}</legend>
          {Object.entries(numbers).map(([key, number]) => (
            <Field key={key} desk={desk} name={key} number={number} />
          ))}
        </fieldset>
      ))}
    </div>
  );
}

function Field({ desk, name, number }: { readonly desk: Desk; readonly name: string; readonly number: Number_ }) {
  const now = desk.force.value.parameters[name] ?? "";
  const value = desk.value(name);
  const change = (text: string) => {
    const wanted = Number(text);
    if (text.trim() && Number.isFinite(wanted) && wanted >= 0) desk.set(name, valueOf(wanted, number.unit));
  };
  return (
    <div class="number">
      <label for={name}>{number.label}</label>
      <span class="row">
        <input id={name} type="text" inputMode="decimal" value={`${numberOf(value, number.unit)}`} aria-describedby={`${name}-now`} onChange={(event) => change(event.currentTarget.value)} />
        <span class="soft">{UNIT[number.unit]}</span>
      </span>
      <small id={`${name}-now`} class={value === now ? "unseen" : "chip amber"}>
        now {numberOf(now, number.unit)} {UNIT[number.unit]}
      </small>
    </div>
  );
}
