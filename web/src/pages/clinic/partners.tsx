import { useState } from "preact/hooks";
import { change, type Couple, invite, type Partner, type Standing } from "../../api/clinic";
import { Select, Text } from "../../ui/fields";
import { city } from "../../words/times";
import { Contact } from "./contact";
import type { Desk } from "./desk";
import { Notes } from "./notes";

const STAGE = { starting: "Starting", building: "Building", steady: "Steady" };
const PROGRESS = { steady: "Steady", struggling: "It’s hard just now", ahead: "Going well" };
const NEEDS = {
  extra_individual: ["More time alone with the therapist", "One more session on their own each week."],
  space: ["Space from the other for a while", "Sessions together become sessions alone; one stays."],
  different_stage: ["Is at another stage than the other", "Their own sessions follow their own stage."],
} as const;

/** Each partner as the team sees them; neither of the two reads it. */
export function Partners({ desk, couple }: { readonly desk: Desk; readonly couple: Couple }) {
  return (
    <>
      {couple.intake && (
        <section class="sheet" aria-label="Their work together">
          <Notes desk={desk} couple={couple} file="couple" name="" />
        </section>
      )}
      <div class="two">
        {couple.partners.map((one) => (
          <PartnerSheet key={one.key} desk={desk} couple={couple} partner={one} />
        ))}
      </div>
    </>
  );
}

interface Props {
  readonly desk: Desk;
  readonly couple: Couple;
  readonly partner: Partner;
}

function PartnerSheet({ desk, couple, partner }: Props) {
  return (
    <section class="sheet" aria-label={partner.name}>
      <h2>{partner.name}</h2>
      <dl class="facts">
        <dt>Lives by</dt>
        <dd>{city(partner.zone)} time</dd>
        <dt>Is in</dt>
        <dd>
          <span class="whole">{partner.client.place}</span>
          {!partner.licensed && <span class="chip amber">no licence for it</span>}
        </dd>
        <dt>Seen alone</dt>
        <dd>{partner.client.solo_consent ? "agrees" : "hasn’t agreed"}</dd>
      </dl>
      {partner.standing && <StandingForm desk={desk} couple={couple} partner={partner} standing={partner.standing} />}
      {partner.standing && <Notes desk={desk} couple={couple} file={partner.key} name={partner.name} />}
      <Contact desk={desk} couple={couple} partner={partner} />
      <button class="small quiet" type="button" disabled={desk.busy.value} onClick={() => void desk.give(() => invite(desk.token, partner.id), `${partner.name} gets a new link by mail.`)}>
        Send {partner.name} a new link
      </button>
    </section>
  );
}

function StandingForm({ desk, couple, partner, standing }: Props & { readonly standing: Standing }) {
  const [state, setState] = useState(standing);
  const [seen, setSeen] = useState(partner.standing_revision);
  const set = (part: Partial<Standing>) => setState({ ...state, ...part });
  const toggle = (need: string) => set({ needs: state.needs.includes(need) ? state.needs.filter((one) => one !== need) : [...state.needs, need] });
  const save = () =>
    desk.give(async () => {
      desk.couple.value = await change(desk.token, couple.id, `standing/${partner.key}`, { standing: state, seen });
      setSeen(seen + 1);
    }, `Kept. The next proposed week goes by it.`);
  return (
    <form class="col" onSubmit={(event) => (event.preventDefault(), void save())}>
      <Select label="Stage of recovery" value={state.stage} options={STAGE} onValue={(stage) => set({ stage })} />
      <Select label="How it’s going" value={state.progress} options={PROGRESS} onValue={(progress) => set({ progress })} />
      <fieldset class="needs">
        <legend>For a while, {partner.name} needs</legend>
        {Object.entries(NEEDS).map(([need, [words, more]]) => (
          <label key={need} class="choice">
            <input type="checkbox" checked={state.needs.includes(need)} onChange={() => toggle(need)} />
            <span>
              <strong>{words}</strong>
              <small>{more}</small>
            </span>
          </label>
        ))}
      </fieldset>
      <Text label="What matters just now" rows={3} value={state.note} onValue={(note) => set({ note })} />
      <div>
        <button type="submit" disabled={desk.busy.value} aria-label={`Keep how ${partner.name} is doing`}>
          Keep
        </button>
      </div>
    </form>
  );
}
