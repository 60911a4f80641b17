// How instants are said. Every page says whose zone it means.

const LOCALE = "en-US";

function format(instant: string | number, zone: string, options: Intl.DateTimeFormatOptions): string {
  const at = typeof instant === "number" ? instant : Date.parse(instant);
  try {
    return new Intl.DateTimeFormat(LOCALE, { timeZone: zone, ...options }).format(at);
  } catch {
    return new Intl.DateTimeFormat(LOCALE, { timeZone: "UTC", ...options }).format(at);
  }
}

/** 3:04 PM */
export function clockTime(instant: string | number, zone: string): string {
  return format(instant, zone, { hour: "numeric", minute: "2-digit" });
}

/** 3:04, where a line has said already which half of the day it is */
export function shortTime(instant: string | number, zone: string): string {
  return clockTime(instant, zone).replace(/\s?[AP]M$/i, "");
}

/** Monday, November 23 */
export function day(instant: string | number, zone: string): string {
  return format(instant, zone, { weekday: "long", month: "long", day: "numeric" });
}

/** Mon, Nov 23 */
export function shortDay(instant: string | number, zone: string): string {
  return format(instant, zone, { weekday: "short", month: "short", day: "numeric" });
}

/** today, tomorrow, or the day itself */
export function relativeDay(instant: string | number, zone: string, now: number): string {
  const key = (at: string | number) => format(at, zone, { year: "numeric", month: "2-digit", day: "2-digit" });
  if (key(instant) === key(now)) return "today";
  if (key(instant) === key(now + 86_400_000)) return "tomorrow";
  return `on ${day(instant, zone)}`;
}

/** in the morning, in the afternoon, in the evening, at night */
export function partOfDay(instant: string | number, zone: string): string {
  const hour = Number(format(instant, zone, { hour: "numeric", hourCycle: "h23" }));
  if (hour < 5 || hour >= 22) return "at night";
  return hour < 12 ? "in the morning" : hour < 18 ? "in the afternoon" : "in the evening";
}

/** America/New_York as New York */
export function city(zone: string): string {
  return (zone.split("/").pop() ?? zone).replaceAll("_", " ");
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
  if (seconds < 60) return `${seconds} second${seconds === 1 ? "" : "s"}`;
  const minutes = Math.round(seconds / 60);
  return `${minutes} minute${minutes === 1 ? "" : "s"}`;
}
