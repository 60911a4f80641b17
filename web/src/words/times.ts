import { tell } from "./room";

// How instants are said. Every page says whose zone it means.

const LOCALES = { en: "en-US", es: "es-US" } as const;
let locale: string = LOCALES.en;

/** From now on instants are said in this language, and the page is announced as being in it. */
export function speak(language: keyof typeof LOCALES): void {
  locale = LOCALES[language];
  document.documentElement.lang = language;
}

function format(instant: string | number, zone: string, options: Intl.DateTimeFormatOptions): string {
  const at = typeof instant === "number" ? instant : Date.parse(instant);
  try {
    return new Intl.DateTimeFormat(locale, { timeZone: zone, ...options }).format(at);
  } catch {
    return new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...options }).format(at);
  }
}

/** 3:04 PM */
export function clockTime(instant: string | number, zone: string): string {
  return format(instant, zone, { hour: "numeric", minute: "2-digit" });
}

/** 3:04, where a line has said already which half of the day it is */
export function shortTime(instant: string | number, zone: string): string {
  return clockTime(instant, zone).replace(/\s?[AP]\.?\s?M\.?$/i, "");
}

/** Monday, November 23 */
export function day(instant: string | number, zone: string): string {
  return format(instant, zone, { weekday: "long", month: "long", day: "numeric" });
}

/** Mon, Nov 23 */
export function shortDay(instant: string | number, zone: string): string {
  return format(instant, zone, { weekday: "short", month: "short", day: "numeric" });
}

/** A date that belongs to no clock, such as 2026-11-23: Monday, November 23 */
export function plainDay(date: string): string {
  return day(`${date}T12:00:00Z`, "UTC");
}

/** The same, briefly: Nov 23 */
export function plainDate(date: string): string {
  return format(`${date}T12:00:00Z`, "UTC", { month: "short", day: "numeric" });
}

/** Mon, Nov 23, 3:04 PM */
export function moment(instant: string | number, zone: string): string {
  return `${shortDay(instant, zone)}, ${clockTime(instant, zone)}`;
}

/** today, tomorrow, or the day itself */
export function relativeDay(instant: string | number, zone: string, now: number): string {
  const key = (at: string | number) => format(at, zone, { year: "numeric", month: "2-digit", day: "2-digit" });
  if (key(instant) === key(now)) return tell("today");
  if (key(instant) === key(now + 86_400_000)) return tell("tomorrow");
  return tell("on {day}", { day: day(instant, zone) });
}

/** in the morning, in the afternoon, in the evening, at night */
export function partOfDay(instant: string | number, zone: string): string {
  const hour = Number(format(instant, zone, { hour: "numeric", hourCycle: "h23" }));
  if (hour < 5 || hour >= 22) return tell("at night");
  return tell(hour < 12 ? "in the morning" : hour < 18 ? "in the afternoon" : "in the evening");
}

/** America/New_York as New York */
export function city(zone: string): string {
  return (zone.split("/").pop() ?? zone).replaceAll("_", " ");
}

/** The zone of this device, where its clock shows another time at that instant than the wall of `zone`; else null. */
export function deviceZone(instant: string, zone: string): string | null {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const at = Date.parse(instant);
  try {
    return wallOf(at, own) === wallOf(at, zone) ? null : own;
  } catch {
    return null;
  }
}

/** 4:09, or 1:02:09 */
export function countdown(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = parts[0] ? parts : parts.slice(1);
  return shown.map((part, n) => (n === 0 ? `${part}` : `${part}`.padStart(2, "0"))).join(":");
}

/** 4 minutes, 1 minute, 40 seconds: for ears */
export function spoken(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  if (seconds < 60) return seconds === 1 ? tell("1 second") : tell("{count} seconds", { count: seconds });
  const minutes = Math.round(seconds / 60);
  return minutes === 1 ? tell("1 minute") : tell("{count} minutes", { count: minutes });
}

/** The wall clock of a zone at an instant, as 2026-11-23T15:04. */
export function wallOf(instant: number, zone: string): string {
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).formatToParts(instant);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")}T${part("hour")}:${part("minute")}`;
}

/** The instant at which a zone’s wall clock shows this; of an hour that is repeated the first, of one that is skipped the hour after. */
export function instantOf(wall: string, zone: string): string {
  const shown = Date.parse(`${wall}:00Z`);
  const offset = (at: number) => Date.parse(`${wallOf(at, zone)}:00Z`) - at;
  const candidates = [shown - offset(shown - 86_400_000), shown - offset(shown + 86_400_000)].sort((a, b) => a - b);
  const fitting = candidates.find((at) => wallOf(at, zone) === wall);
  return new Date(fitting ?? candidates[1] ?? shown).toISOString();
}

/** Monday to Sunday in the language of the page. */
export function weekdays(): string[] {
  return [...Array(7).keys()].map((n) => format(Date.UTC(2024, 0, 1 + n, 12), "UTC", { weekday: "long" }).replace(/^./, (first) => first.toUpperCase()));
}

export const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;

/** "2026-11-28", a Saturday, gives "2026-11-30": a programme that is begun at the weekend has its first week next week. */
export function firstDay(today: string): string {
  const day = new Date(`${today}T00:00:00Z`);
  const toMonday = (8 - day.getUTCDay()) % 7;
  if (toMonday <= 2) day.setUTCDate(day.getUTCDate() + toMonday);
  return day.toISOString().slice(0, 10);
}

/** Monday to Friday, 9:00 AM to 5:00 PM; where the days differ only how many there are. */
export function hoursSaid(hours: readonly (readonly [number, string, string])[]): string {
  const days = [...new Set(hours.map(([day]) => day))].sort((one, other) => one - other);
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return "not yet said";
  const wall = (time: string) => clockTime(Date.parse(`2024-01-01T${time.slice(0, 5)}:00Z`), "UTC");
  const spans = new Set(hours.map(([, from, until]) => `${wall(from)} to ${wall(until)}`));
  const inARow = last - first === days.length - 1 && hours.length === days.length;
  const [span] = spans;
  if (!inARow || spans.size > 1 || !span) return `${days.length} days of the week`;
  return `${WEEKDAYS[first]}${first === last ? "" : ` to ${WEEKDAYS[last]}`}, ${span}`;
}

/** 4 h 10 min, 50 min, 2 h; it never breaks over two lines */
export function duration(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  const rest = Math.round(minutes - hours * 60);
  return [hours ? `${hours} h` : "", rest || !hours ? `${rest} min` : ""].filter(Boolean).join(" ").replaceAll(" ", "\u00a0");
}

/** The zones that people here most often live in, for a field with suggestions. */
export const ZONES = [
  "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles", "America/Anchorage", "Pacific/Honolulu",
  "America/Puerto_Rico", "America/Mexico_City", "America/Toronto", "Europe/London", "Europe/Madrid", "Europe/Berlin", "Australia/Sydney",
] as const;
