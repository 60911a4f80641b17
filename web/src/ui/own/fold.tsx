import "../../styles/own.css";
import { useMemo } from "preact/hooks";
import { type Language, sayIn } from "../../words/say";
import { Calendars, Feed } from "./calendars";
import { Spans, Stays } from "./exceptions";
import { OwnHours } from "./hours";
import { Own } from "./live";

interface Props {
  readonly token: string;
  readonly language: Language;
  readonly stays?: boolean;
}

/** When somebody can come, in their own words: their week, what is different from it, and the calendars they keep. */
export function OwnTimesFold({ token, language, stays = false }: Props) {
  const own = useMemo(() => new Own(token, sayIn(language)), [token, language]);
  const { say } = own;
  return (
    <details class="sheet own" onToggle={(event) => event.currentTarget.open && own.open()}>
      <summary>{say("own_times")}</summary>
      <p class="soft">{say("own_times_soft")}</p>
      <Body own={own} stays={stays} />
    </details>
  );
}

function Body({ own, stays }: { readonly own: Own; readonly stays: boolean }) {
  const { say } = own;
  const times = own.times.value;
  return (
    <div class="col">
      <p role="status" class={own.said.value ? "" : "unseen"}>
        {own.said.value}
      </p>
      {own.trouble.value && (
        <p class="notice" role="alert">
          {own.trouble.value}
        </p>
      )}
      {times && (
        <>
          <OwnHours key={times.seen} own={own} times={times} />
          <Spans own={own} times={times} which="away" />
          <Spans own={own} times={times} which="extra" />
          {stays && <Stays own={own} times={times} />}
          <Calendars own={own} times={times} />
          <Feed own={own} times={times} />
        </>
      )}
      {!times && !own.trouble.value && <p class="soft">{say("one_moment")}</p>}
    </div>
  );
}
