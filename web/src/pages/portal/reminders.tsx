import { useState } from "preact/hooks";
import { keepWish, type Wish } from "../../api/portal";
import { Text } from "../../ui/fields";
import type { Said } from "../../words/say";
import type { Desk } from "./desk";

/** How a client is reminded: by mail, by text where the clinic sends any, or not at all. */
export function Reminders({ desk }: { readonly desk: Desk }) {
  const { value: say } = desk.say;
  const { reminding } = desk.page.value;
  const [wish, setWish] = useState<Wish>(reminding.wish);
  const ways = (["mail", "text", "none"] as const).filter((way) => way !== "text" || reminding.texts);
  const chosen = ways.includes(wish.channel) ? wish.channel : "mail";
  const keep = () => desk.give(() => keepWish(desk.token, { ...wish, channel: chosen }, reminding.seen), say("kept"));
  return (
    <details class="sheet">
      <summary>{say("reminders")}</summary>
      <form class="col" onSubmit={(event) => (event.preventDefault(), void keep())}>
        <p class="soft">{say("reminders_hint")}</p>
        <fieldset class="ways" aria-label={say("reminders")}>
          {ways.map((way) => (
            <label key={way} class="choice">
              <input type="radio" name="way" checked={way === chosen} onChange={() => setWish({ ...wish, channel: way })} />
              <span>{say(`remind_${way}` as Said)}</span>
            </label>
          ))}
        </fieldset>
        {chosen === "text" && <Text label={say("remind_number")} hint={say("remind_number_hint")} type="tel" autoComplete="tel" value={wish.number} onValue={(number) => setWish({ ...wish, number })} />}
        <button class="wide" type="submit" disabled={desk.busy.value || (chosen === "text" && !wish.number.trim())}>
          {say("keep")}
        </button>
      </form>
    </details>
  );
}
