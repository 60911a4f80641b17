import { signal } from "@preact/signals";
import { couple, type Couple, overview, type Overview } from "../../api/clinic";
import { Refused } from "../../api/rest";

export type Screen = { readonly at: "home" | "programme" | "therapist" | "new_couple" } | { readonly at: "couple"; readonly id: string };

/** What a member of the staff has open. */
export class Desk {
  readonly screen = signal<Screen>({ at: "home" });
  readonly overview;
  readonly couple = signal<Couple | null>(null);
  readonly said = signal("");
  readonly trouble = signal<string | null>(null);
  readonly busy = signal(false);

  constructor(
    readonly token: string,
    seen: Overview,
  ) {
    this.overview = signal(seen);
  }

  go(screen: Screen): void {
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

  /** Do something with the service; whether it worked. What it said against it is shown. */
  async give(work: () => Promise<unknown>, said = ""): Promise<boolean> {
    this.trouble.value = null;
    this.busy.value = true;
    try {
      await work();
      this.said.value = said;
      return true;
    } catch (error) {
      this.trouble.value = error instanceof Refused ? error.message : "Something went wrong here. Please try again.";
      return false;
    } finally {
      this.busy.value = false;
    }
  }
}
