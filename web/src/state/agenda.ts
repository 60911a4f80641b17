import { signal } from "@preact/signals-core";

/** The first session’s agenda: four parts, and whether all of them are talked through. */
export interface Intake {
  readonly relationship: string;
  readonly challenges: string;
  readonly goals: readonly string[];
  readonly expectations: string;
  readonly complete: boolean;
}

export interface Kept {
  readonly intake: Intake;
  readonly revision: number;
}

/** A partner, and which version of the attendance agreement they have signed. */
export interface Signer {
  readonly key: string;
  readonly name: string;
  readonly signed: number | null;
}

interface Desk {
  readonly keep: (intake: Intake, seen: number) => Promise<Kept>;
  readonly look: () => Promise<Kept>;
}

const PAUSE = 4_000; // ms without a key after which what is written is kept
const TRIES = 3; // others write so rarely that a third look is enough

/** What is written, kept by itself. Where somebody else wrote meanwhile, both stay. */
export class Agenda {
  readonly draft;
  readonly kept = signal(true);
  readonly shared = signal(false);
  readonly trouble = signal("");
  #base: Kept;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn: Promise<void> = Promise.resolve();

  constructor(
    readonly desk: Desk,
    seen: Kept,
  ) {
    this.#base = seen;
    this.draft = signal(seen.intake);
  }

  write(part: Partial<Intake>): void {
    const next = { ...this.draft.value, ...part };
    this.draft.value = { ...next, complete: next.complete && done(next) === 4 };
    this.kept.value = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.keep(), PAUSE);
  }

  finish(): void {
    this.write({ complete: true });
    void this.keep();
  }

  /** Somebody looked: what changed meanwhile is shown, and what is written here stays. */
  take(seen: Kept): void {
    if (seen.revision <= this.#base.revision) return;
    this.draft.value = merged(this.#base.intake, this.draft.value, seen.intake);
    this.#base = seen;
  }

  /** One after the other, so that this page never overtakes itself. */
  keep(): Promise<void> {
    clearTimeout(this.#timer);
    this.#turn = this.#turn.then(() => this.#keep());
    return this.#turn;
  }

  async #keep(): Promise<void> {
    for (let n = 0; n < TRIES && !this.kept.value; n++) {
      const sent = this.draft.value;
      try {
        const seen = await this.desk.keep(tidy(sent), this.#base.revision);
        this.#base = seen;
        this.kept.value = this.draft.value === sent;
        this.trouble.value = "";
        return;
      } catch (error) {
        const { code, message } = error as { code?: string; message: string };
        if (code !== "changed_meanwhile") return void (this.trouble.value = message);
        const theirs = await this.desk.look().catch(() => null);
        if (theirs === null) return void (this.trouble.value = message);
        this.shared.value = true;
        this.take(theirs);
      }
    }
  }
}

/** How many of the four parts have something in them. */
export function done(intake: Intake): number {
  const texts = [intake.relationship, intake.challenges, intake.expectations].filter((text) => text.trim());
  return texts.length + (lines(intake.goals).length > 0 ? 1 : 0);
}

/** Mine and theirs, both written on top of the same: what only one changed is as they changed it, else both stay. */
export function merged(base: Intake, mine: Intake, theirs: Intake): Intake {
  const text = (part: "relationship" | "challenges" | "expectations") => both(base[part], mine[part], theirs[part], "\n\n");
  const goals = both(lines(base.goals).join("\n"), lines(mine.goals).join("\n"), lines(theirs.goals).join("\n"), "\n");
  const next = {
    relationship: text("relationship"),
    challenges: text("challenges"),
    expectations: text("expectations"),
    goals: goals === lines(mine.goals).join("\n") ? mine.goals : [...new Set(goals.split("\n"))],
  };
  const complete = (mine.complete || theirs.complete) && done({ ...next, complete: true }) === 4;
  return { ...next, complete };
}

function both(base: string, mine: string, theirs: string, between: string): string {
  if (theirs === base || mine.includes(theirs)) return mine;
  if (mine === base || theirs.includes(mine)) return theirs;
  return `${mine}${between}${theirs}`;
}

function lines(some: readonly string[]): string[] {
  return some.map((line) => line.trim()).filter(Boolean);
}

function tidy(intake: Intake): Intake {
  return { ...intake, goals: lines(intake.goals) };
}
