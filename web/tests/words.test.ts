import { describe, expect, it } from "vitest";
import * as protocol from "../src/protocol";
import type { CardView, PartnerRow, PartnerView } from "../src/protocol";
import { minutesUntil } from "../src/pages/join/late";
import { screenOf } from "../src/pages/join/screen";
import { DOING, optionName, whatHappened } from "../src/words/console";
import { CLOSING, closingWords, faultWords, pausedWords, RESCHEDULING, troubleOf } from "../src/words/people";
import * as policy from "../src/words/policy";
import { city, clockTime, partOfDay, relativeDay, shortTime } from "../src/words/times";
import { word } from "../src/words/word";

describe("words", () => {
  it.each([
    ["focus", protocol.FOCUSES, policy.FOCUS],
    ["kind", protocol.KINDS, policy.KIND],
    ["status", protocol.STATUSES, policy.STATUS],
    ["attendance", protocol.ATTENDANCE_CLASSES, policy.ATTENDANCE],
    ["reason", protocol.REASONS, policy.REASON],
    ["reason told", protocol.REASONS, policy.REASON_TOLD],
    ["state", protocol.PARTNER_STATES, policy.STATE],
    ["link", protocol.LINKS, policy.LINK],
    ["outcome", protocol.OUTCOMES, policy.OUTCOME],
    ["follow-up", protocol.FOLLOW_UPS, policy.FOLLOW_UP],
    ["approval", protocol.APPROVALS, policy.APPROVAL],
    ["action", protocol.ACTIONS, policy.ACTION],
    ["default", protocol.ACTIONS, policy.DEFAULT],
    ["option", protocol.OPTION_WHYS, policy.OPTION_WHY],
    ["clause", protocol.CLAUSES, policy.CLAUSE],
    ["moment", protocol.MOMENT_KINDS, policy.MOMENT],
  ] as [string, readonly string[], Record<string, unknown>][])("are there for every %s, and for no other", (_, keys, table) => {
    expect(Object.keys(table).sort()).toEqual([...keys].sort());
  });

  it.each(["ended", "new_times_follow", "cancelled", "host_cancelled"])("close a session that is %s", (closing) => {
    expect(CLOSING[closing] && closingWords(closing, "Dr. Rivera").title).toMatch(/\.$/);
  });

  it.each(["searching", "proposed", "booked", "nothing_found", "nothing_suits", "expired"])("tell of times %s", (status) => {
    expect(RESCHEDULING[status]).toBeTruthy();
  });

  it.each(["link_unknown", "link_expired", "link_revoked", "link_used", "removed", "seat_taken"])("explain %s", (code) => {
    expect(troubleOf(code, "?").text).not.toBe("?");
  });

  it("fall back to the server's sentence", () => {
    expect(troubleOf("brand_new", "Something else.").text).toBe("Something else.");
    expect(word({}, "brand_new")).toBe("brand new");
  });

  it("never blame and never use jargon, to a partner", () => {
    const said = [
      ...Object.values(policy.MOMENT).map((words) => words("Dr. Rivera")),
      ...Object.values(policy.MOMENT_MORE),
      ...Object.keys(CLOSING).flatMap((closing) => Object.values(closingWords(closing, "Dr. Rivera"))),
      ...(["blocked", "missing", "busy", "unsupported"] as const).flatMap((fault) => Object.values(faultWords(fault, "camera"))),
    ].join("\n");
    expect(said).not.toMatch(/no.show|absent|participant|your partner|fault|failed|error|sorry for|penalt/i);
  });
});

const row = (name: string, state: string, place = "outside") => ({ key: name, name, state, place }) as PartnerRow;
const card = (clause: string) => ({ clause, absent: ["Robin"], attending: ["Alex"] }) as unknown as CardView;

describe("the card", () => {
  it.each([
    ["expected", "Robin hasn’t come."],
    ["declared_absent", "Robin can’t come."],
    ["attempted", "Robin tried to join, but something failed."],
    ["dropped", "Robin lost the connection."],
    ["left", "Robin has left."],
  ])("says what happened to who is %s", (state, said) => {
    expect(whatHappened(card("J12"), [row("Alex", "present", "waiting"), row("Robin", state)])).toBe(said);
  });

  it("says who has come late, to be joined", () => {
    const rows = [row("Alex", "present", "room"), row("Robin", "present", "held")];
    expect(whatHappened(card("S1"), rows)).toBe("Robin has come and waits in private.");
    expect(optionName("merge", card("S1"), rows)).toBe("Ask Alex, then join them");
  });

  it.each(["proceed", "wait", "reschedule", "end", "merge", "keep_solo"] as const)("has a name for %s, before and while it is done", (action) => {
    expect(optionName(action, card("J12"), [])).not.toBe("Go on");
    expect(DOING[action]).toBeTruthy();
  });
});

describe("times", () => {
  const instant = "2026-03-02T21:04:00+00:00";

  it("are told in the reader's zone", () => {
    expect(clockTime(instant, "America/Chicago")).toMatch(/^3:04\sPM$/);
    expect(shortTime(instant, "America/New_York")).toBe("4:04");
    expect(partOfDay(instant, "America/Chicago")).toBe("in the afternoon");
    expect(partOfDay(instant, "Asia/Tokyo")).toBe("in the morning");
    expect(city("America/New_York")).toBe("New York");
  });

  it("name the day as the reader has it", () => {
    const now = Date.parse("2026-03-02T05:30:00Z"); // still Sunday in Chicago
    expect(relativeDay(instant, "America/Chicago", now)).toBe("tomorrow");
    expect(relativeDay(instant, "Europe/Paris", now)).toBe("today");
    expect(relativeDay("2026-03-09T12:00:00Z", "Europe/Paris", now)).toBe("on Monday, March 9");
  });

  it("read in a zone that the browser doesn't know", () => {
    expect(clockTime(instant, "Mars/Olympus")).toMatch(/^9:04\sPM$/);
  });
});

describe("running late", () => {
  const start = "2026-03-02T21:00:00Z";
  const minute = (n: number) => Date.parse(start) + n * 60_000;

  it.each([
    [-30, 10, 40],
    [0, 10, 10],
    [7.5, 5, 5],
    [-0.5, 5, 6],
    [-500, 20, 120],
  ])("%f min from the start and %i late is %i min from now", (now, late, expected) => {
    expect(minutesUntil(start, minute(now), late)).toBe(expected);
  });
});

describe("the partner's screen", () => {
  const view = (place: string, closing: string | null = null) => ({ place, closing }) as PartnerView;

  it("follows the place", () => {
    for (const place of ["waiting", "held", "room"]) expect(screenOf(view(place), "link", true)).toBe(place);
  });

  it("asks who comes back before it turns anything on", () => {
    expect(screenOf(view("room"), "link", false)).toBe("back");
  });

  it("lets somebody go through the link's own steps only outside", () => {
    expect(screenOf(view("outside"), "late", false)).toBe("late");
    expect(screenOf(view("room"), "late", true)).toBe("room");
    expect(screenOf(view("waiting"), "check", true)).toBe("check");
  });

  it("calls someone out of the check when they are let in", () => {
    expect(screenOf(view("room"), "check", true)).toBe("room");
    expect(screenOf(view("room"), "check", false)).toBe("check");
  });

  it("ends in one place whatever went before", () => {
    expect(screenOf(view("room", "ended"), "check", true)).toBe("closing");
    expect(screenOf(view("removed"), "left", true)).toBe("removed");
  });

  it("name all whose pictures are paused in one sentence", () => {
    expect(pausedWords(["Robin"])).toMatch(/^Robin’s picture is paused:/);
    expect(pausedWords(["Robin", "Dr. Rivera"])).toMatch(/^Robin’s and Dr\. Rivera’s pictures are paused:/);
    expect(pausedWords(["Robin", "Kim", "Sam"])).toMatch(/^Robin’s, Kim’s and Sam’s pictures are paused:/);
  });
});
