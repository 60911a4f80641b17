import { useState } from "preact/hooks";
import { keepOwn } from "../../api/portal";
import { filled, HOURS, Lines, Select, Text } from "../../ui/fields";
import type { Language } from "../../words/say";
import { ZONES } from "../../words/times";
import type { Desk } from "./desk";

const LANGUAGES: Record<Language, string> = { en: "English", es: "Español" };

/** A client’s own consent, hours, language and goals. */
export function Settings({ desk }: { readonly desk: Desk }) {
  const { value: say } = desk.say;
  const { value: page } = desk.page;
  return (
    <details class="sheet">
      <summary>{say("settings")}</summary>
      <Form key={page.seen} desk={desk} />
    </details>
  );
}

function Form({ desk }: { readonly desk: Desk }) {
  const { value: say } = desk.say;
  const { value: page } = desk.page;
  const [own, setOwn] = useState({ ...page.own, zone: page.zone });
  const set = (part: Partial<typeof own>) => setOwn({ ...own, ...part });
  const keep = () => desk.give(() => keepOwn(desk.token, { ...own, goals: filled(own.goals) }, page.seen), say("kept"));
  return (
    <form class="col" onSubmit={(event) => (event.preventDefault(), void keep())}>
      <label class="choice">
        <input type="checkbox" checked={own.solo_consent} onChange={(event) => set({ solo_consent: event.currentTarget.checked })} />
        <span>
          <strong>{say("consent")}</strong>
          <small class="block">{say("consent_hint")}</small>
        </span>
      </label>
      <fieldset class="safe">
        <legend>{say("safe")}</legend>
        <Select label={say("safe_from")} value={`${own.safe_from}`} options={HOURS} onValue={(hour) => set({ safe_from: Number(hour) })} />
        <Select label={say("safe_until")} value={`${own.safe_until}`} options={HOURS} onValue={(hour) => set({ safe_until: Number(hour) })} />
      </fieldset>
      <Select label={say("language")} value={own.language} options={LANGUAGES} onValue={(language) => set({ language: language as Language })} />
      <Text label={say("own_zone")} hint={say("own_zone_hint")} list={ZONES} value={own.zone} onValue={(zone) => set({ zone })} />
      <Lines label={say("own_goals")} hint={say("own_goals_hint")} value={own.goals} onValue={(goals) => set({ goals })} />
      <button class="wide" type="submit" disabled={desk.busy.value}>
        {say("keep")}
      </button>
    </form>
  );
}
