import { useEffect, useRef, useState } from "preact/hooks";
import type { CardView, Commands, Option, TherapistView } from "../../protocol";
import { chime } from "../../rtc/devices";
import { Ring } from "../../ui/ring";
import { DOING, optionName, question, whatHappened } from "../../words/console";
import { clauseWords, DEFAULT, FOCUS, OPTION_WHY } from "../../words/policy";
import { clockTime, spoken } from "../../words/times";
import { capital } from "../../words/word";
import type { Desk } from "./desk";

type Focus = NonNullable<Commands["answer_card"]["focus"]>;
const OPEN_FOCUS: readonly Focus[] = ["communication", "coping_skills", "substance_use_patterns", "intimacy", "open"];

/** The question to the therapist: what happened, what can be done and why, what happens unanswered, and by when. */
export function Card({ desk, view, card }: { readonly desk: Desk; readonly view: TherapistView; readonly card: CardView }) {
  const [focusing, setFocusing] = useState(false);
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    setFocusing(false);
    chime(true);
    section.current?.scrollIntoView({ block: "nearest" });
    return () => {
      desk.forget(null);
      keepFocus(section.current, document.querySelector("h1"));
    };
  }, [card.id]);
  const choose = (option: Option) => {
    section.current?.focus({ preventScroll: true }); // the button goes
    if (option.action === "proceed" && card.focus_needed) setFocusing(true);
    else desk.answer(card, option.action as Commands["answer_card"]["option"]);
  };
  const pending = desk.pending.value;
  return (
    <section ref={section} class="sheet card rise" tabIndex={-1} role="alertdialog" aria-labelledby="card-what" aria-describedby="card-unless">
      <div class="row">
        <h2 class="grow" id="card-what">
          {whatHappened(card, view.partners)} <span class="ask-line">{question(card)}</span>
        </h2>
        <Ring clock={desk.clock} from={card.raised_at} until={card.answer_by} />
      </div>
      {card.pending ? (
        <Asking view={view} card={card} />
      ) : pending ? (
        <Undo desk={desk} words={DOING[pending.option] ?? "One moment"} />
      ) : focusing ? (
        <FocusPicker onPick={(focus) => desk.answer(card, "proceed", focus)} onBack={() => setFocusing(false)} />
      ) : (
        <ul class="options">
          {[...card.options].sort((a, b) => Number(b.action === card.recommended) - Number(a.action === card.recommended)).map((option) => (
            <li key={option.action}>
              <button class={option.action === card.recommended ? "opt best" : "opt"} type="button" onClick={() => choose(option)}>
                <span class="opt-name">
                  {optionName(option.action, card, view.partners)}
                  {option.action === card.recommended && <span class="chip">recommended</span>}
                </span>
                <small>{OPTION_WHY[option.why]}</small>
              </button>
            </li>
          ))}
        </ul>
      )}
      <p id="card-unless">
        <small>
          If you don’t answer by {clockTime(card.answer_by, view.you.zone)}, Dyad {DEFAULT[card.default]}.
        </small>
      </p>
      <details>
        <summary>Why am I asked?</summary>
        <p>{card.because}</p>
        <p>
          <small>
            {clauseWords(card.clause)} Clause {card.clause}, policy {card.policy.replace("@", ", version ")}.
          </small>
        </p>
      </details>
    </section>
  );
}

/** Who was in what goes is led to what stays, instead of to the top of the page. It may be gone already. */
function keepFocus(going: HTMLElement | null, stays: HTMLElement | null): void {
  const at = document.activeElement;
  if (at === document.body || going?.contains(at)) stays?.focus({ preventScroll: true });
}

function FocusPicker(props: { readonly onPick: (focus: Focus) => void; readonly onBack: () => void }) {
  return (
    <div role="group" aria-labelledby="focus">
      <p id="focus">
        <strong>Today’s focus needs both. Which one instead?</strong>
      </p>
      <div class="focuses">
        {OPEN_FOCUS.map((focus) => (
          <button key={focus} class="small" type="button" onClick={() => props.onPick(focus)}>
            {capital(FOCUS[focus])}
          </button>
        ))}
        <button class="small quiet" type="button" onClick={props.onBack}>
          Back
        </button>
      </div>
    </div>
  );
}

function Undo({ desk, words }: { readonly desk: Desk; readonly words: string }) {
  const undo = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    undo.current?.focus();
    const [own, card] = [undo.current?.parentElement ?? null, undo.current?.closest("section") ?? null];
    return () => keepFocus(own, card);
  }, []);
  return (
    <div class="undo" role="status">
      <p>
        <strong>{words}…</strong>
      </p>
      <div class="drain" aria-hidden="true" />
      <div class="row">
        <button ref={undo} class="grow" type="button" onClick={() => desk.undo()}>
          Undo
        </button>
        <button class="grow primary" type="button" onClick={() => desk.settle()}>
          Do it now
        </button>
      </div>
    </div>
  );
}

function Asking({ view, card }: { readonly view: TherapistView; readonly card: CardView }) {
  const inRoom = view.partners.find((row) => row.place === "room")?.name ?? "The partner with you";
  return (
    <p class="undo" role="status">
      <strong>{inRoom} is being asked in private.</strong> Nobody is joined without a yes. You’ll see the answer here by{" "}
      {clockTime(card.answer_by, view.you.zone)}.
    </p>
  );
}

/** Says a new card aloud and in the tab's title, and nothing while it stands. */
export function Announce({ view, desk }: { readonly view: TherapistView; readonly desk: Desk }) {
  const { card } = view;
  const [said, setSaid] = useState("");
  useEffect(() => {
    const title = `${view.partners.map((row) => row.name).join(" & ")} – Dyad`;
    document.title = card ? `● ${whatHappened(card, view.partners)}` : title;
    setSaid(card ? `${whatHappened(card, view.partners)} ${question(card)} ${spoken(desk.clock.left(card.answer_by))} to answer.` : "");
  }, [card?.id]);
  return (
    <p class="unseen" role="alert">
      {said}
    </p>
  );
}
