import { useEffect, useState } from "preact/hooks";
import type { Checkup } from "../rtc/checkup";
import type { Media } from "../rtc/media";
import { isFine, verdictOf } from "../state/verdict";
import { verdictWords } from "../words/verdict";
import { tell } from "../words/room";

const STANDS = 1_000; // ms

/** How it stands, in one sentence: what to do first, or that nothing is left to do. */
export function VerdictLine({ checkup, media, host }: { readonly checkup: Checkup; readonly media: Media; readonly host: string | null }) {
  const verdict = verdictOf(checkup.found.value);
  const [camera, microphone] = [media.cameraFault.value, media.microphoneFault.value];
  const waits = verdict === "looking" || verdict === "speak";
  const words = verdictWords(verdict, { camera, microphone });
  const stands = useStanding(words);
  return (
    <div class={`verdict ${isFine(verdict) ? "fine" : waits ? "" : "do"}`} data-verdict={verdict}>
      <p>{words}</p>
      <p class="unseen" role="status">
        {stands}
      </p>
      {host && <small>{tell("{host} sees how this went, and nobody else does.", { host })}</small>}
    </div>
  );
}

/** How loud one is, as a bar; it has no words of its own. */
export function Loudness({ checkup }: { readonly checkup: Checkup }) {
  const level = checkup.level.value;
  return (
    <div class="meter" role="meter" aria-label={tell("How loud you are")} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(level * 100)}>
      <i style={{ "--level": level }} />
    </div>
  );
}

/** These words once they have stood for a while: what is found within the first second would be heard as chatter. */
function useStanding(words: string): string {
  const [stands, setStands] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setStands(words), STANDS);
    return () => clearTimeout(timer);
  }, [words]);
  return stands;
}
