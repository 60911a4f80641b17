import { useRef, useState } from "preact/hooks";
import { assess, Refused, type Review, type ReviewItem, type Reviews } from "../../api/rest";
import { Strands } from "../../ui/strands";
import { names } from "../../words/console";
import { FOCUS } from "../../words/policy";
import { HINDERS, MEASURE, reasons, whichSession } from "../../words/review";
import { clockTime, shortDay } from "../../words/times";
import { word } from "../../words/word";

/** What the team looks at together, longest waiting first; below it, what was looked at of late. */
export function Queue({ token, reviews }: { readonly token: string; readonly reviews: Reviews }) {
  const [items, setItems] = useState(reviews.items);
  const [said, setSaid] = useState("");
  const kept = (item: ReviewItem) => {
    setItems(items.map((other) => (other.session === item.session ? item : other)));
    setSaid(`Kept. ${names(item.names)} are now under “Looked at”.`);
  };
  const open = items.filter((item) => item.reviews.length === 0);
  const done = items.filter((item) => item.reviews.length > 0);
  return (
    <section class="list" aria-labelledby="queue">
      <h2 id="queue">To look at together</h2>
      <p class="unseen" role="status">
        {said}
      </p>
      {open.length === 0 && <p class="sheet soft">Nothing is waiting for you. What is missed twice in a row comes here.</p>}
      {open.map((item) => (
        <Item key={item.session} item={item} zone={reviews.zone} token={token} onKept={kept} />
      ))}
      {done.length > 0 && <h2>Looked at</h2>}
      {done.map((item) => (
        <Item key={item.session} item={item} zone={reviews.zone} token={token} onKept={kept} />
      ))}
    </section>
  );
}

interface Props {
  readonly item: ReviewItem;
  readonly zone: string;
  readonly token: string;
  readonly onKept: (item: ReviewItem) => void;
}

function Item(props: Props) {
  const { item, zone } = props;
  const [changing, setChanging] = useState(false);
  const standing = item.reviews.at(-1);
  return (
    <article class="sheet review" data-review={item.session}>
      <div class="row wrap">
        <h3 class="grow">{item.names.join(" & ")}</h3>
        <span class="chip">week {item.week} here</span>
      </div>
      <p class="why">{reasons(item)}</p>
      <p>
        <small>
          {whichSession(item, zone)}. It was to be about {item.focus.map((one) => word(FOCUS, one)).join(", ") || "what they brought"}.
        </small>
      </p>
      <Strands item={item} zone={zone} />
      {standing && <Said review={standing} zone={zone} />}
      {item.reviews.length > 1 && (
        <details>
          <summary>What was said before</summary>
          {[...item.reviews].slice(0, -1).reverse().map((review) => (
            <Said key={review.at} review={review} zone={zone} />
          ))}
        </details>
      )}
      {standing && !changing ? (
        <button class="small" type="button" onClick={() => setChanging(true)}>
          Look at it again
        </button>
      ) : (
        <Form {...props} onKept={(kept) => (setChanging(false), props.onKept(kept))} />
      )}
    </article>
  );
}

function Said({ review, zone }: { readonly review: Review; readonly zone: string }) {
  const follows = review.measures.map((measure) => MEASURE[measure]?.name ?? measure).join(", ");
  return (
    <div class="said">
      <p>
        <strong>Does it hinder their progress? {HINDERS[review.hinders]?.name ?? review.hinders}.</strong> {follows}.
      </p>
      {review.note && <p>“{review.note}”</p>}
      <p>
        <small>
          {review.by}, {shortDay(review.at, zone)}, {clockTime(review.at, zone)}
        </small>
      </p>
    </div>
  );
}

function Form({ item, token, onKept }: Props) {
  const [hinders, setHinders] = useState<string | null>(null);
  const [measures, setMeasures] = useState<readonly string[]>([]);
  const [note, setNote] = useState("");
  const [trouble, setTrouble] = useState("");
  const [saving, setSaving] = useState(false);
  const alert = useRef<HTMLParagraphElement>(null);
  const toggle = (one: string) => {
    const without = measures.filter((other) => other !== one && other !== "nothing");
    setMeasures(measures.includes(one) ? without : one === "nothing" ? [one] : [...without, one]);
  };
  const save = async () => {
    setSaving(true);
    try {
      onKept(await assess(token, item.session, { hinders: hinders ?? "", measures, note: note.trim(), seen: item.reviews.length }));
    } catch (error) {
      setTrouble(error instanceof Refused ? error.message : "");
      alert.current?.focus();
    }
    setSaving(false);
  };
  return (
    <div class="assess">
      <fieldset>
        <legend>Does this hinder their progress?</legend>
        <div class="choices3">
          {Object.entries(HINDERS).map(([value, words]) => (
            <label key={value} class="choice">
              <input type="radio" name={`hinders-${item.session}`} checked={hinders === value} onChange={() => setHinders(value)} />
              <span>
                <strong>{words.name}</strong>
                <small>{words.more}</small>
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      <fieldset>
        <legend>What follows?</legend>
        <div class="choices2">
          {Object.entries(MEASURE).map(([value, words]) => (
            <label key={value} class="choice">
              <input type="checkbox" checked={measures.includes(value)} onChange={() => toggle(value)} />
              <span>
                <strong>{words.name}</strong>
                {words.more && <small>{words.more}</small>}
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      <label class="col tight">
        <span>A note for the team (may stay empty)</span>
        <textarea rows={2} maxLength={500} value={note} onInput={(event) => setNote(event.currentTarget.value)} />
      </label>
      {trouble && (
        <p ref={alert} class="notice" role="alert" tabIndex={-1}>
          {trouble}
        </p>
      )}
      <button class="wide primary" type="button" disabled={!hinders || measures.length === 0 || saving} onClick={() => void save()}>
        Keep this
      </button>
    </div>
  );
}
