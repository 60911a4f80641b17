import type { Face } from "../rtc/face";
import type { Media } from "../rtc/media";
import { blurLost, blurWords } from "../words/people";
import { tell } from "../words/room";

/** What becomes of the blur, said aloud while its switch is there. */
export function BlurSaid({ face }: { readonly face: Face }) {
  const { blur, fault } = face;
  const words = blur.value === "on" ? tell("What’s behind you is blurred.") : blur.value === "starting" || fault.value ? blurWords(blur.value, fault.value) : "";
  return (
    <p class="unseen" role="status">
      {words}
    </p>
  );
}

/** The picture was given up: why, and the way back, which only its owner takes. */
export function Bare({ media }: { readonly media: Media }) {
  const lost = media.face.fault.value;
  if (!lost?.off) return null;
  return (
    <div role="alert" class="notice col tight">
      <p>{blurLost(lost)}</p>
      <div class="row wrap">
        <button class="small" type="button" onClick={() => void media.setCameraOff(false)}>
          {tell("Camera on, without blur")}
        </button>
        <button class="small" type="button" onClick={() => (media.face.fault.value = null)}>
          {tell("Leave it off")}
        </button>
      </div>
    </div>
  );
}
