import type { Say } from "../words/say";
import { city, clockTime, day, deviceZone } from "../words/times";

/** For somebody whose device is in another zone: what its own clock will show then. Nothing where the two agree. */
export function Elsewhere({ say, at, zone }: { readonly say: Say; readonly at: string; readonly zone: string }) {
  const other = deviceZone(at, zone);
  if (!other) return null;
  const values = { time: clockTime(at, other), day: day(at, other), city: city(other) };
  return <p class="soft">{say(values.day === day(at, zone) ? "elsewhere" : "elsewhere_day", values)}</p>;
}
