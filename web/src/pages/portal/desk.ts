import { computed, signal } from "@preact/signals";
import { portal, type PortalPage } from "../../api/portal";
import { Refused } from "../../api/rest";
import { sayIn } from "../../words/say";
import { speak } from "../../words/times";

/** What a client has open on their own page. */
export class Desk {
  readonly page;
  readonly said = signal("");
  readonly trouble = signal<string | null>(null);
  readonly busy = signal(false);
  readonly say = computed(() => {
    const { language } = this.page.value;
    speak(language);
    return sayIn(language);
  });

  constructor(
    readonly token: string,
    page: PortalPage,
  ) {
    this.page = signal(page);
  }

  /** Do something that answers with the page as it then is; whether it worked. */
  async give(work: () => Promise<PortalPage>, said = ""): Promise<boolean> {
    this.trouble.value = null;
    this.busy.value = true;
    try {
      this.page.value = await work();
      if (said) this.said.value = said;
      return true;
    } catch (error) {
      this.trouble.value = error instanceof Refused ? error.message : this.say.value("trouble");
      if (error instanceof Refused && error.code === "changed_meanwhile") this.page.value = await portal(this.token).catch(() => this.page.value);
      return false;
    } finally {
      this.busy.value = false;
    }
  }

  async refresh(): Promise<void> {
    await this.give(() => portal(this.token));
  }
}
