import { useState } from "preact/hooks";
import type { Proposal, Wish } from "../../api/rest";
import { Title } from "../../ui/page";
import type { Say } from "../../words/say";
import { city, weekdays } from "../../words/times";

const PARTS = ["morning", "afternoon", "evening"] as const;

interface Props {
  readonly asked: Proposal;
  readonly say: Say;
  readonly sending: boolean;
  readonly trouble: string;
  readonly onSend: (wishes: readonly Wish[]) => void;
  readonly onBack: () => void;
}

/** Whom none of the times suits says which would: days and parts of the day, for the care team alone. */
export function Wishes({ asked, say, sending, trouble, onSend, onBack }: Props) {
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const toggle = (key: string) => setPicked((before) => new Set(before.has(key) ? [...before].filter((one) => one !== key) : [...before, key]));
  const wishes = weekdays().flatMap((_, weekday) => PARTS.filter((part) => picked.has(`${weekday} ${part}`)).map((part): Wish => ({ weekday, part })));
  return (
    <>
      <div class="lead">
        <Title tab={say("times_tab")}>{say("wish_title")}</Title>
        <p class="soft">{say("wish_soft")}</p>
      </div>
      <p class="soft">{say("wish_legend", { city: city(asked.zone) })}</p>
      <div class="wishes">
        {weekdays().map((name, weekday) => (
          <fieldset key={weekday}>
            <legend>{name}</legend>
            {PARTS.map((part) => (
              <label key={part}>
                <input type="checkbox" checked={picked.has(`${weekday} ${part}`)} onChange={() => toggle(`${weekday} ${part}`)} />
                <span>{say(`wish_${part}`)}</span>
              </label>
            ))}
          </fieldset>
        ))}
      </div>
      {trouble && (
        <p class="notice" role="alert">
          {trouble}
        </p>
      )}
      <div class="col tight">
        <button class="primary big wide" type="button" disabled={sending || wishes.length === 0} onClick={() => onSend(wishes)}>
          {say("wish_send")}
        </button>
        <button class="wide" type="button" disabled={sending} onClick={() => onSend([])}>
          {say("wish_skip")}
        </button>
        <button class="quiet wide" type="button" disabled={sending} onClick={onBack}>
          {say("back")}
        </button>
      </div>
      <p class="soft">{say("wish_private")}</p>
    </>
  );
}
