import { effect } from "@preact/signals-core";
import type { Person } from "../protocol";
import type { Live } from "../state/live";
import type { Media } from "./media";
import { slotOf } from "./slots";

const LOOK_AFTER = 3_000;

/**
 * A socket that was away may have missed who is in which slot, though sound and picture went on. So once after each
 * return: if somebody in the room has no slot, the media connection is made afresh.
 */
export function healing<V extends { readonly people: readonly Person[] }>(live: Live<V>, media: Media): () => void {
  let before = live.phase.value;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = () => {
    const missed = live.view.value?.people.some((person) => person.link === "ok" && slotOf(live.slots.value, person.key) === null);
    if (missed && media.healthy) void live.restartMedia();
  };
  const stop = effect(() => {
    const now = live.phase.value;
    if (before === "lost" && now === "live") timer = setTimeout(look, LOOK_AFTER);
    before = now;
  });
  return () => {
    stop();
    clearTimeout(timer);
  };
}
