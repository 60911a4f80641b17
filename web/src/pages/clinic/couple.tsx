import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import type { Couple } from "../../api/clinic";
import { Title } from "../../ui/page";
import { names } from "../../words/console";
import type { Desk } from "./desk";
import { First } from "./first";
import { Partners } from "./partners";
import { SharedPlan } from "./sharedPlan";
import { WeekTab } from "./week/tab";

interface Props {
  readonly desk: Desk;
  readonly couple: Couple;
}

const TABS = { week: "Week", first: "First session", plan: "Plan", partners: "How each is doing" } as const;
type Tab = keyof typeof TABS;
const CONTENT: Record<Tab, (props: Props) => ComponentChildren> = {
  week: (props) => <WeekTab {...props} />,
  first: (props) => <First {...props} />,
  plan: (props) => <SharedPlan {...props} />,
  partners: (props) => <Partners {...props} />,
};

const tab = signal<Tab>("week");

/** One couple: its week, its first session, its plan, and how each of them is doing. */
export function CouplePage(props: Props) {
  const { desk, couple } = props;
  const clinical = couple.intake !== null;
  const shown = clinical ? tab.value : "partners";
  return (
    <>
      <div>
        <button class="quiet back" type="button" onClick={() => desk.go({ at: "home" })}>
          ‹ All couples
        </button>
        <Title tab={names(couple.partners.map((one) => one.name))}>{names(couple.partners.map((one) => one.name))}</Title>
        <p class="soft">
          {couple.week < 1 ? "Begins soon" : `Week ${couple.week} of ${couple.weeks} · ${couple.phase.name}`} · {couple.therapist}
        </p>
      </div>
      {clinical && <Tabs shown={shown} />}
      <div class="col" role={clinical ? "tabpanel" : undefined} id="tabpanel" aria-labelledby={clinical ? `tab-${shown}` : undefined}>
        {CONTENT[shown](props)}
      </div>
    </>
  );
}

function Tabs({ shown }: { readonly shown: Tab }) {
  const all = Object.keys(TABS) as Tab[];
  const move = (event: KeyboardEvent) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const next = all[(all.indexOf(shown) + step + all.length) % all.length];
    if (step === 0 || !next) return;
    tab.value = next;
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label="This couple" onKeyDown={move}>
      {all.map((one) => (
        <button key={one} id={`tab-${one}`} type="button" role="tab" aria-selected={one === shown} aria-controls="tabpanel" tabIndex={one === shown ? 0 : -1} onClick={() => (tab.value = one)}>
          {TABS[one]}
        </button>
      ))}
    </div>
  );
}
