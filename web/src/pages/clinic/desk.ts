import { signal } from "@preact/signals";
import { couple, type Couple, overview, type Overview } from "../../api/clinic";
import type { Choice } from "../../api/hours";
import { Refused } from "../../api/rest";

export type Screen = { readonly at: "home" | "programme" | "agreement" | "therapist" | "new_couple" | "couple_list" } | { readonly at: "couple"; readonly id: string };

/** What a member of the staff has open. */
export class Desk {
  readonly screen = signal<Screen>({ at: "home" });
  readonly overview;
  readonly couple = signal<Couple | null>(null);
  readonly said = signal("");
  readonly trouble = signal<string | null>(null);
  readonly busy = signal(false);
  readonly outdated = signal(false);
  readonly looks = signal(0);
  /** Proposed sessions that somebody is on the way to in the week. */
  readonly chosen = signal<readonly Choice[]>([]);
  readonly weeks = new Map<string, number>(); // the week last looked at, by couple

  constructor(
    readonly token: string,
    seen: Overview,
  ) {
    this.overview = signal(seen);
  }

  go(screen: Screen): void {
    this.outdated.value = false;
    this.trouble.value = null;
    this.screen.value = screen;
    if (screen.at === "couple") void this.open(screen.id);
    else if (screen.at === "home") void this.refresh();
  }

  async refresh(): Promise<void> {
    await this.give(async () => {
      this.overview.value = await overview(this.token);
    });
  }

  async open(id: string): Promise<void> {
    if (this.couple.value?.id !== id) this.couple.value = null;
    await this.give(async () => {
      this.couple.value = await couple(this.token, id);
    });
  }

  /** Somebody else changed what is shown here: everything is fetched and shown anew. */
  async again(): Promise<void> {
    const screen = this.screen.value;
    await (screen.at === "couple" ? this.open(screen.id) : this.refresh());
    this.looks.value += 1;
  }

  /** Do something with the service; whether it worked. What it said against it is shown. */
  async give(work: () => Promise<unknown>, said = ""): Promise<boolean> {
    this.trouble.value = null;
    this.outdated.value = false;
    this.busy.value = true;
    try {
      await work();
      if (said) this.said.value = said;
      return true;
    } catch (error) {
      this.trouble.value = error instanceof Refused ? error.message : "Something went wrong here. Please try again.";
      this.outdated.value = error instanceof Refused && error.code === "changed_meanwhile";
      return false;
    } finally {
      this.busy.value = false;
    }
  }
}
