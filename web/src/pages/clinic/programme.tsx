import { useState } from "preact/hooks";
import { type Phase, type Programme, setProgramme, type Targets } from "../../api/clinic";
import { Count, Select, Text } from "../../ui/fields";
import { Title } from "../../ui/page";
import { duration, WEEKDAYS, ZONES } from "../../words/times";
import type { Desk } from "./desk";

const START: Programme = {
  name: "Couples intensive outpatient",
  clinic_name: "",
  clinic_phone: "",
  zone: Intl.DateTimeFormat().resolvedOptions().timeZone || "America/New_York",
  phases: [
    { name: "Finding our feet", weeks: 4, targets: { joint: 2, individual: 1, group: 4 } },
    { name: "Working together", weeks: 5, targets: { joint: 3, individual: 1, group: 4 } },
    { name: "Keeping it going", weeks: 3, targets: { joint: 2, individual: 1, group: 4 } },
  ],
  lengths: { joint: 50, individual: 50, group: 120 },
  groups: [0, 1, 2, 3, 4].map((weekday) => ({ name: "Evening group", weekday, start: "18:00" })),
  earliest: "07:00",
  latest: "21:00",
  notice_hours: 12,
};

/** The programme: its name, its phases with a week's targets, and when groups meet. */
export function ProgrammePage({ desk }: { readonly desk: Desk }) {
  const [programme, setState] = useState(desk.overview.value.programme ?? START);
  const set = (change: Partial<Programme>) => setState({ ...programme, ...change });
  const save = async () => {
    const kept = await desk.give(() => setProgramme(desk.token, programme, desk.overview.value.revision), "The programme is kept.");
    if (kept) desk.go({ at: "home" });
  };
  return (
    <form class="col" onSubmit={(event) => (event.preventDefault(), void save())}>
      <div>
        <Title tab="Your programme">Your programme</Title>
        <p class="soft">You can change all of this later. What is planned already stays as it is.</p>
      </div>
      <fieldset class="sheet fields">
        <legend>The clinic</legend>
        <Text label="Name of the clinic" value={programme.clinic_name} onValue={(clinic_name) => set({ clinic_name })} />
        <Text label="Telephone for clients" type="tel" value={programme.clinic_phone} onValue={(clinic_phone) => set({ clinic_phone })} />
        <Text label="Name of the programme" value={programme.name} onValue={(name) => set({ name })} />
        <Text label="The clinic’s time zone" list={ZONES} value={programme.zone} onValue={(zone) => set({ zone })} />
      </fieldset>
      <fieldset class="sheet fields">
        <legend>The phases</legend>
        <p class="soft wide-field">Sessions a week for each couple. Intensive outpatient care is 9 to under 20 hours a week, for 8 to 16 weeks.</p>
        {programme.phases.map((phase, n) => (
          <PhaseFields
            key={n}
            phase={phase}
            lengths={programme.lengths}
            onPhase={(changed) => set({ phases: programme.phases.map((one, m) => (m === n ? changed : one)) })}
            onGone={programme.phases.length > 1 ? () => set({ phases: programme.phases.filter((_, m) => m !== n) }) : undefined}
          />
        ))}
        <Phases programme={programme} set={set} />
      </fieldset>
      <Groups programme={programme} set={set} />
      <Rules programme={programme} set={set} />
      <div class="row wrap">
        <button class="primary" type="submit" disabled={desk.busy.value}>
          Keep this programme
        </button>
        <button class="quiet" type="button" onClick={() => desk.go({ at: "home" })}>
          Back
        </button>
      </div>
    </form>
  );
}

interface Part {
  readonly programme: Programme;
  readonly set: (change: Partial<Programme>) => void;
}

/** How long the whole programme is, and one phase more. */
function Phases({ programme, set }: Part) {
  const weeks = programme.phases.reduce((sum, phase) => sum + phase.weeks, 0);
  const fits = weeks >= 8 && weeks <= 16;
  const add = () => set({ phases: [...programme.phases, { ...(programme.phases.at(-1) as Phase), name: "Another phase", weeks: 1 }] });
  return (
    <div class="row wrap wide-field">
      <p class={`grow ${fits ? "" : "fault"}`} role="status">
        {weeks} weeks in all{fits ? "" : ": a programme lasts 8 to 16"}
      </p>
      <button class="small" type="button" onClick={add}>
        Add a phase
      </button>
    </div>
  );
}

interface PhaseProps {
  readonly phase: Phase;
  readonly lengths: Targets;
  readonly onPhase: (phase: Phase) => void;
  readonly onGone: (() => void) | undefined;
}

function PhaseFields({ phase, lengths, onPhase, onGone }: PhaseProps) {
  const targets = (change: Partial<Targets>) => onPhase({ ...phase, targets: { ...phase.targets, ...change } });
  const minutes = phase.targets.joint * lengths.joint + phase.targets.individual * lengths.individual + phase.targets.group * lengths.group;
  const fits = minutes >= 9 * 60 && minutes < 20 * 60;
  return (
    <div class="phase">
      <Text label="Name of the phase" value={phase.name} onValue={(name) => onPhase({ ...phase, name })} />
      <Count label="Weeks" value={phase.weeks} least={1} most={16} onValue={(weeks) => onPhase({ ...phase, weeks })} />
      <Count label="Together" value={phase.targets.joint} least={0} most={14} onValue={(joint) => targets({ joint })} />
      <Count label="Each on their own" value={phase.targets.individual} least={0} most={14} onValue={(individual) => targets({ individual })} />
      <Count label="In groups" value={phase.targets.group} least={0} most={14} onValue={(group) => targets({ group })} />
      <p class={fits ? "chip" : "chip amber"}>
        {duration(minutes)} a week{fits ? "" : ": intensive outpatient care is 9 to under 20 hours"}
      </p>
      {onGone && (
        <button class="small quiet" type="button" aria-label={`Take out the phase: ${phase.name}`} onClick={onGone}>
          Take out
        </button>
      )}
    </div>
  );
}

/** How long sessions last, between which hours they are held, and how soon one may be planned. */
function Rules({ programme, set }: Part) {
  const { lengths } = programme;
  const minutes = (label: string, kind: keyof Targets) => (
    <Text label={label} type="number" value={`${lengths[kind]}`} onValue={(value) => set({ lengths: { ...lengths, [kind]: Number(value) } })} />
  );
  return (
    <fieldset class="sheet fields">
      <legend>How long, and when</legend>
      {minutes("Minutes together", "joint")}
      {minutes("Minutes on their own", "individual")}
      {minutes("Minutes of a group", "group")}
      <Text label="Nothing begins before" type="time" value={programme.earliest.slice(0, 5)} onValue={(earliest) => set({ earliest })} />
      <Text label="Nothing ends after" type="time" hint="On everybody’s own clock." value={programme.latest.slice(0, 5)} onValue={(latest) => set({ latest })} />
      <Text label="Hours of notice" type="number" hint="No new time is proposed sooner than that." value={`${programme.notice_hours}`} onValue={(hours) => set({ notice_hours: Number(hours) })} />
    </fieldset>
  );
}

function Groups({ programme, set }: Part) {
  const change = (n: number, part: Partial<Programme["groups"][number]>) =>
    set({ groups: programme.groups.map((group, m) => (m === n ? { ...group, ...part } : group)) });
  return (
    <fieldset class="sheet fields">
      <legend>Groups that meet every week</legend>
      {programme.groups.map((group, n) => (
        <div key={n} class="grouptime">
          <Text label="Group" value={group.name} onValue={(name) => change(n, { name })} />
          <Select label="Day" value={`${group.weekday}`} options={Object.fromEntries(WEEKDAYS.map((name, day) => [`${day}`, name]))} onValue={(day) => change(n, { weekday: Number(day) })} />
          <Text label="Begins" type="time" value={group.start.slice(0, 5)} onValue={(start) => change(n, { start })} />
          <button class="small" type="button" aria-label={`Take out: ${group.name} on ${WEEKDAYS[group.weekday] ?? ""}`} onClick={() => set({ groups: programme.groups.filter((_, m) => m !== n) })}>
            Take out
          </button>
        </div>
      ))}
      <button class="small" type="button" onClick={() => set({ groups: [...programme.groups, { name: "Group", weekday: 0, start: "18:00" }] })}>
        Add a group time
      </button>
    </fieldset>
  );
}
