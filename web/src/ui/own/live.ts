import { signal } from "@preact/signals";
import { type OwnTimes, ownTimes } from "../../api/own";
import { Refused } from "../../api/rest";
import type { Say } from "../../words/say";

/** Somebody’s own times while they have them open. */
export class Own {
  readonly times = signal<OwnTimes | null>(null);
  readonly trouble = signal("");
  readonly said = signal("");
  readonly busy = signal(false);

  constructor(
    readonly token: string,
    readonly say: Say,
  ) {}

  open(): void {
    if (this.times.value === null) void this.give(() => ownTimes(this.token), "");
  }

  /** Do something that answers with all of it; whether it worked. */
  async give(work: () => Promise<OwnTimes>, said = this.say("kept")): Promise<boolean> {
    this.busy.value = true;
    this.trouble.value = "";
    this.said.value = "";
    try {
      this.times.value = await work();
      this.said.value = said;
      return true;
    } catch (error) {
      this.trouble.value = error instanceof Refused ? error.message : this.say("trouble");
      return false;
    } finally {
      this.busy.value = false;
    }
  }
}
