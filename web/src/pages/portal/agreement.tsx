import { useState } from "preact/hooks";
import { sign } from "../../api/portal";
import { Text } from "../../ui/fields";
import type { Desk } from "./desk";

/** The attendance agreement, to read and to sign for oneself. */
export function Agreement({ desk }: { readonly desk: Desk }) {
  const { value: say } = desk.say;
  const { agreement, name } = desk.page.value;
  const [written, setWritten] = useState(name);
  const give = () => desk.give(() => sign(desk.token, agreement.version, written), say("agreement_signed"));
  return (
    <section class={agreement.signed ? "sheet" : "sheet waits"} aria-labelledby="agreement">
      <h2 id="agreement">{say("agreement")}</h2>
      <p class="soft">{say(agreement.signed ? "agreement_signed" : "agreement_wait")}</p>
      <details>
        <summary>{say(agreement.signed ? "agreement_read" : "agreement_open")}</summary>
        <ol class="paragraphs">
          {agreement.paragraphs.map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ol>
        {!agreement.signed && (
          <form class="col tight" onSubmit={(event) => (event.preventDefault(), void give())}>
            <Text label={say("agreement_name")} hint={say("agreement_private")} value={written} onValue={setWritten} autoComplete="name" />
            <button class="primary wide" type="submit" disabled={desk.busy.value || !written.trim()}>
              {say("agreement_sign")}
            </button>
          </form>
        )}
      </details>
    </section>
  );
}
