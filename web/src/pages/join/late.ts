const MINUTE = 60_000;
const MOST = 120; // minutes, the most that the server takes

/** Minutes from now until `late` minutes after the start (or after now, once it has begun). */
export function minutesUntil(startsAt: string, now: number, late: number): number {
  const wait = Math.max(0, Date.parse(startsAt) - now);
  return Math.min(MOST, Math.ceil(wait / MINUTE) + late);
}
