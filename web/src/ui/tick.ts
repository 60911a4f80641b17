import { effect } from "@preact/signals-core";
import type { PolicyClock } from "../state/policyClock";

/** Moves the page's policy clock; returns what stops it. */
export function ticking(clock: PolicyClock): () => void {
  let timer: ReturnType<typeof setInterval> | undefined;
  const stop = effect(() => {
    clearInterval(timer);
    void clock.speed.value;
    timer = setInterval(() => clock.tick(), clock.period);
  });
  return () => {
    stop();
    clearInterval(timer);
  };
}
