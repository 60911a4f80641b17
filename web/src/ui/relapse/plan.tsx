import "../../styles/relapse.css";
import { useEffect, useMemo, useState } from "preact/hooks";
import { type Plan, planPdf, SECTIONS, version, type Whose } from "../../api/relapse";
import { Refused } from "../../api/rest";
import { type Language, sayIn } from "../../words/say";
import { shortDay, clockTime } from "../../words/times";
import { Text } from "../fields";
import { LivePlan } from "./live";
import { Part } from "./part";

interface Props extends Whose {
  readonly language: Language;
  readonly zone: string;
  /** Whether what was typed last must not go out as it stands. */
  readonly halfSaid?: (() => boolean) | undefined;
}

/** The couple’s plan against relapse: both write it while both are here, and it counts once both have signed it. */
export function RelapsePlan({ token, couple, language, zone, halfSaid }: Props) {
  const live = useMemo(() => new LivePlan({ token, couple }, halfSaid), [token, couple]);
  useEffect(() => () => live.end(), [live]);
  const [old, setOld] = useState<{ number: number; sections: Plan["sections"] } | null>(null);
  const [trouble, setTrouble] = useState("");
  const say = sayIn(language);
  const plan = live.plan.value;
  if (!plan) return <p class="soft">…</p>;
  const give = async (work: () => Promise<void>) => {
    setTrouble("");
    await work().catch((error: unknown) => setTrouble(error instanceof Refused ? error.message : say("trouble")));
  };
  return (
    <div class="relapse col">
      <Standing live={live} plan={plan} say={say} />
      {old ? (
        <>
          <Old old={old} say={say} />
          <button type="button" onClick={() => setOld(null)}>
            {say("plan_back")}
          </button>
        </>
      ) : (
        <>
          {SECTIONS.map((section) => (
            <Part key={section} section={section} say={say} text={live.text(section)} open={live.open.value} />
          ))}
          <Sign plan={plan} say={say} onSign={(name) => void give(() => live.sign(plan.version, name))} />
        </>
      )}
      {trouble && (
        <p class="notice" role="alert">
          {trouble}
        </p>
      )}
      {plan.version > 0 && (
        <button class="small" type="button" onClick={() => void give(() => planPdf(live.whose))}>
          {say("plan_pdf")}
        </button>
      )}
      {plan.versions.length > 1 && !old && (
        <details>
          <summary>{say("plan_versions")}</summary>
          <ul class="col tight">
            {[...plan.versions].reverse().slice(1).map((one) => (
              <li key={one.number}>
                <button class="quiet small" type="button" onClick={() => void give(async () => setOld(await version(live.whose, one.number)))}>
                  {say("plan_version", { number: one.number, when: `${shortDay(one.at, zone)}, ${clockTime(one.at, zone)}` })}
                </button>
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

type Say = ReturnType<typeof sayIn>;

function Standing({ live, plan, say }: { readonly live: LivePlan; readonly plan: Plan; readonly say: Say }) {
  const mine = plan.partners.find((one) => one.me);
  const writer = plan.partners.find((one) => one.key === live.writing.value && !one.me)?.name;
  const closed = say(mine ? "plan_closed" : "plan_staff_closed");
  const editing = say(mine ? "plan_editing" : "plan_staff_editing");
  const { value: connected } = live.connected;
  const state = connected === null ? "…" : !connected ? say("plan_offline") : live.open.value ? editing : closed;
  const counts = plan.counts ? (mine ? "plan_counts" : "plan_staff_counts") : mine ? "plan_counts_not" : "plan_staff_counts_not";
  return (
    <div>
      <p class="soft">{plan.version === 0 ? say("plan_none") : say(counts, { number: plan.version })}</p>
      <p class="row" role="status">
        <span class={live.open.value ? "dot" : "dot out"} aria-hidden="true" />
        <span class="grow">{live.refused.value === "plan_full" ? say("plan_full") : state}</span>
      </p>
      {live.open.value && <p class="soft writing">{writer ? say("plan_writing", { name: writer }) : "\u00a0"}</p>}
    </div>
  );
}

function Sign({ plan, say, onSign }: { readonly plan: Plan; readonly say: Say; readonly onSign: (name: string) => void }) {
  const mine = plan.partners.find((one) => one.me);
  const [name, setName] = useState(mine?.name ?? "");
  const others = plan.partners.filter((one) => !one.me && one.signed === plan.version);
  return (
    <section class="col tight" aria-label={say("plan_sign")}>
      {others.map((one) => (
        <p key={one.key} class="row">
          <span class="dot" aria-hidden="true" /> {say("plan_signed_by", { name: one.name, when: "" }).replace(/[,\s]+$/, "")}
        </p>
      ))}
      {mine && plan.version > 0 && mine.signed === plan.version && <p>{say("plan_signed_me")}</p>}
      {mine && plan.version > 0 && mine.signed !== plan.version && (
        <form class="col tight" onSubmit={(event) => (event.preventDefault(), onSign(name))}>
          {mine.signed !== null && <p class="soft">{say("plan_changed_since")}</p>}
          <Text label={say("plan_sign_name")} value={name} onValue={setName} autoComplete="name" />
          <button class="primary" type="submit" disabled={!name.trim()}>
            {say("plan_sign")}
          </button>
        </form>
      )}
    </section>
  );
}

function Old({ old, say }: { readonly old: { readonly number: number; readonly sections: Plan["sections"] }; readonly say: Say }) {
  return (
    <dl class="oldplan">
      {SECTIONS.map((section) => (
        <div key={section}>
          <dt>{say(`plan_${section}`)}</dt>
          <dd>{old.sections[section] || say("plan_nothing")}</dd>
        </div>
      ))}
    </dl>
  );
}
