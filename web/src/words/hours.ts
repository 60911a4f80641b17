import type { Choice, Forecast } from "../api/hours";
import type { Targets } from "../api/clinic";
import { names } from "./console";
import { duration, moment } from "./times";
import { KIND, type Names, people } from "./week";

/** The parts of a week, in the order in which they are always shown. */
export const PARTS: Readonly<Record<keyof Targets, string>> = { joint: "together", individual: "on their own", group: "in groups" };

const SESSION: Readonly<Record<keyof Targets, readonly [string, string]>> = {
  joint: ["session together", "sessions together"],
  individual: ["session on their own", "sessions on their own"],
  group: ["group", "groups"],
};

/** What a code could stand for, in our own words. */
export const CODE: Readonly<Record<string, string>> = {
  "90847": "Therapy for two, this partner there",
  "90846": "Therapy for two, held without this partner",
  "90832": "Individual therapy, short",
  "90834": "Individual therapy",
  "90837": "Individual therapy, long",
  "90853": "Group therapy",
  H0015: "A day of intensive outpatient care",
};

/** How a week is coming along, of somebody one wishes well: what is there first, then what would make it whole. */
export function coming(name: string, { done, planned, short }: Forecast, least: number): string {
  const there = `${name}’s week comes to ${duration(done + planned)}: ${duration(done)} held, ${duration(planned)} still planned.`;
  return short === 0 ? `${there} That’s a whole week.` : `${there} ${duration(short)} more would make it a whole one of ${duration(least)}.`;
}

/** For instance: one session together and two groups */
export function wouldMakeUp({ made_up_by }: Forecast): string {
  const said = (["joint", "individual", "group"] as const).flatMap((part) => {
    const count = made_up_by[part] ?? 0;
    return count === 0 ? [] : `${COUNT[count] ?? count} ${SESSION[part][count === 1 ? 0 : 1]}`;
  });
  return names(said);
}

const COUNT = ["", "one", "two", "three", "four", "five", "six"];

/** Thu, Nov 26, 10:00 AM: Together, Alex and Robin */
export function choice(one: Choice, zone: string, who: Names): string {
  return `${moment(one.starts_at, zone)}: ${one.group_name ?? KIND[one.kind]}, ${people(one.who, who)}`;
}

/** 50 min together, 1 h 40 min in groups */
export function parts(minutes: Targets): string {
  const said = (["joint", "individual", "group"] as const).filter((part) => minutes[part] > 0);
  return said.length === 0 ? "nothing" : said.map((part) => `${duration(minutes[part])} ${PARTS[part]}`).join(", ");
}
