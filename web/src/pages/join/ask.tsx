import type { ComponentType } from "preact";
import { useState } from "preact/hooks";
import type { PartnerView } from "../../protocol";
import type { Desk } from "./desk";
import { tell } from "../../words/room";

interface Props {
  readonly desk: Desk;
  readonly view: PartnerView;
}

type Asked = ComponentType<{ readonly desk: Desk; readonly host: string; readonly onClose: () => void }>;

/** What is between a partner and the therapist alone, asked at each session. Nobody is kept waiting for it. */
export function AskPrivately({ desk, view }: Props) {
  const [Shown, setShown] = useState<Asked | null>(null);
  if (view.you.role !== "partner") return null;
  const host = view.host.name;
  const open = (load: () => Promise<Asked>) => void load().then((found) => setShown(() => found), () => (desk.trouble.value = tell("That didn’t load. Please try again.")));
  const where = () => open(() => import("./where").then((found) => found.WhereDialog));
  return (
    <>
      {view.safety !== "answered" && <Safe desk={desk} view={view} />}
      <div class="col tight">
        {view.told_where_at ? (
          <div class="row">
            <span class="dot" aria-hidden="true" />
            <span class="grow" role="status">
              {tell("{host} knows where you are.", { host })}
            </span>
            <button class="quiet" type="button" onClick={where}>
              {tell("I’ve moved")}
            </button>
          </div>
        ) : (
          <button class="wide" type="button" onClick={where}>
            {tell("Tell {host} where you are", { host })}
          </button>
        )}
        <button class="wide quiet" type="button" onClick={() => open(() => import("./quiet").then((found) => found.QuietDialog))}>
          {tell("Ask for help without a word")}
        </button>
      </div>
      {Shown && <Shown desk={desk} host={host} onClose={() => setShown(null)} />}
    </>
  );
}

/** What was answered is shown nowhere afterwards: a yes and a no leave the same page behind. */
export function Safe({ desk, view }: Props) {
  const answer = (safe: boolean) => void desk.give("answer_safety", { safe });
  return (
    <section class="sheet ask" aria-labelledby="safe">
      <h2 id="safe">{tell("Are you alone, and OK to talk?")}</h2>
      <p class="soft">{tell("Only {host} sees your answer, and either is fine.", { host: view.host.name })}</p>
      <div class="grid2">
        <button type="button" onClick={() => answer(true)}>
          {tell("Yes")}
        </button>
        <button type="button" onClick={() => answer(false)}>
          {tell("No")}
        </button>
      </div>
    </section>
  );
}
