import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Agenda, type Intake, type Kept, merged } from "../src/state/agenda";

const EMPTY: Intake = { relationship: "", challenges: "", goals: [], expectations: "", complete: false };
const FULL: Intake = { relationship: "They listen.", challenges: "Nights.", goals: ["Sleep"], expectations: "Both come.", complete: false };

/** A record that two pages write; `elsewhere` is the other page. */
class Record {
  kept: Kept = { intake: EMPTY, revision: 0 };
  writes = 0;
  down = false;
  readonly keep = async (intake: Intake, seen: number): Promise<Kept> => {
    if (this.down) throw Object.assign(new Error("away"), { code: "unreachable" });
    if (seen !== this.kept.revision) throw Object.assign(new Error("meanwhile"), { code: "changed_meanwhile" });
    this.writes += 1;
    return (this.kept = { intake, revision: seen + 1 });
  };
  readonly look = async () => this.kept;
  elsewhere(part: Partial<Intake>): void {
    this.kept = { intake: { ...this.kept.intake, ...part }, revision: this.kept.revision + 1 };
  }
}

describe("the agenda of a first session", () => {
  let record: Record;
  let agenda: Agenda;
  beforeEach(() => {
    vi.useFakeTimers();
    record = new Record();
    agenda = new Agenda(record, record.kept);
  });
  afterEach(() => void vi.useRealTimers());

  it("is kept by itself once nobody has typed for a while, and not at every key", async () => {
    agenda.write({ relationship: "T" });
    agenda.write({ relationship: "They" });
    expect(agenda.kept.value).toBe(false);
    await vi.advanceTimersByTimeAsync(3_900);
    expect(record.writes).toBe(0);
    await vi.advanceTimersByTimeAsync(200);
    expect([record.writes, record.kept.intake.relationship, agenda.kept.value]).toEqual([1, "They", true]);
  });

  it("loses no word of either when somebody writes elsewhere meanwhile", async () => {
    record.elsewhere({ relationship: "From the clinic’s page.", challenges: "Money." });
    agenda.write({ relationship: "From the console." });
    await agenda.keep();
    expect(record.kept.intake.relationship).toBe("From the console.\n\nFrom the clinic’s page.");
    expect(record.kept.intake.challenges).toBe("Money.");
    expect(agenda.draft.value).toEqual(record.kept.intake);
    expect([agenda.shared.value, agenda.kept.value]).toEqual([true, true]);
  });

  it("keeps what is typed while it is on its way", async () => {
    agenda.write({ challenges: "Nig" });
    const going = agenda.keep();
    agenda.write({ challenges: "Nights" });
    await going;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(record.kept.intake.challenges).toBe("Nights");
  });

  it("stays on the page when it can’t be kept, says so, and goes out later", async () => {
    record.down = true;
    agenda.write({ challenges: "Nights" });
    await agenda.keep();
    expect([agenda.kept.value, agenda.trouble.value]).toEqual([false, "away"]);
    record.down = false;
    await agenda.keep();
    expect([record.kept.intake.challenges, agenda.trouble.value]).toEqual(["Nights", ""]);
  });

  it("is complete only with all four parts, and no longer when one is taken out", async () => {
    agenda.write(FULL);
    agenda.finish();
    await vi.advanceTimersByTimeAsync(0);
    expect(record.kept.intake.complete).toBe(true);
    agenda.write({ goals: [" "] });
    await agenda.keep();
    expect(record.kept.intake).toEqual({ ...FULL, goals: [], complete: false });
  });
});

describe("two who wrote on top of the same", () => {
  it.each([
    ["only I wrote", { goals: ["Sleep"] }, {}, ["Sleep"]],
    ["only they wrote", {}, { goals: ["Walks"] }, ["Walks"]],
    ["both wrote", { goals: ["Sleep", "Walks"] }, { goals: ["Walks", "Sunday"] }, ["Sleep", "Walks", "Sunday"]],
  ])("%s", (_, mine, theirs, goals) => {
    expect(merged(EMPTY, { ...EMPTY, ...mine }, { ...EMPTY, ...theirs }).goals).toEqual(goals);
  });
});
