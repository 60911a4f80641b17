import type { Checkup } from "../rtc/checkup";
import type { Media } from "../rtc/media";
import { isFine, verdictOf } from "../state/verdict";
import { verdictWords } from "../words/verdict";

/** How it stands, in one sentence: what to do first, or that nothing is left to do. */
export function VerdictLine({ checkup, media, host }: { readonly checkup: Checkup; readonly media: Media; readonly host: string | null }) {
  const verdict = verdictOf(checkup.found.value);
  const [camera, microphone] = [media.cameraFault.value, media.microphoneFault.value];
  const waits = verdict === "looking" || verdict === "speak";
  return (
    <div class={`verdict ${isFine(verdict) ? "fine" : waits ? "" : "do"}`} data-verdict={verdict}>
      <p role="status">{verdictWords(verdict, { camera, microphone })}</p>
      {host && <small>{host} sees how this went, and nobody else does.</small>}
    </div>
  );
}

/** How loud one is, as a bar; it has no words of its own. */
export function Loudness({ checkup }: { readonly checkup: Checkup }) {
  const level = checkup.level.value;
  return (
    <div class="meter" role="meter" aria-label="How loud you are" aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(level * 100)}>
      <i style={{ "--level": level }} />
    </div>
  );
}
