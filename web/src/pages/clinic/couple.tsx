import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import type { Couple } from "../../api/clinic";
import type { Choice } from "../../api/hours";
import { Title } from "../../ui/page";
import { names } from "../../words/console";
import type { Desk } from "./desk";
import { First } from "./first";
import { HoursTab } from "./hours/tab";
import { Partners } from "./partners";
import { SharedPlan } from "./sharedPlan";
import { WeekTab } from "./week/tab";

interface Props {
  readonly desk: Desk;
  readonly couple: Couple;
}

const TABS = { week: "Week", first: "First session", plan: "Plan", partners: "How each is doing", hours: "Hours" } as const;
type Tab = keyof typeof TABS;
const CONTENT: Record<Tab, (props: Props) => ComponentChildren> = {
  week: (props) => <WeekTab {...props} />,
  first: (props) => <First {...props} />,
  plan: (props) => <SharedPlan {...props} />,
  partners: (props) => <Partners {...props} />,
  hours: (props) => <HoursTab {...props} onWeek={(choices) => toWeek(props, choices)} />,
};
const OFFICE: readonly Tab[] = ["partners", "hours"];

const tab = signal<Tab>("week");

/** From the hours to the week that runs, with what would make it up chosen. */
function toWeek({ desk, couple }: Props, choices: readonly Choice[]): void {
  desk.weeks.delete(couple.id);
  desk.chosen.value = choices;
  tab.value = "week";
}

/** One couple: its week, its first session, its plan, how each of them is doing, and their hours. */
export function CouplePage(props: Props) {
  const { desk, couple } = props;
  const open = couple.intake ? (Object.keys(TABS) as Tab[]) : OFFICE;
  const shown = open.includes(tab.value) ? tab.value : "partners";
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
      <Tabs all={open} shown={shown} />
      <div class="col" role="tabpanel" id="tabpanel" aria-labelledby={`tab-${shown}`}>
        {CONTENT[shown](props)}
      </div>
    </>
  );
}

function Tabs({ all, shown }: { readonly all: readonly Tab[]; readonly shown: Tab }) {
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
