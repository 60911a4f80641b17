import { useRef } from "preact/hooks";
import type { Phase } from "../state/live";
import { tell } from "../words/room";

/** That the page's connection is away, for as long as it is; and, said aloud alone, that it is back. */
export function Line({ phase, away }: { readonly phase: Phase; readonly away: string }) {
  const was = useRef(false);
  if (phase === "lost") was.current = true;
  return (
    <div class="says" role="status">
      {phase === "lost" ? <p class="banner">{away}</p> : was.current && <span class="unseen">{tell("You’re connected again.")}</span>}
    </div>
  );
}
