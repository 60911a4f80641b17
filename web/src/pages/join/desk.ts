import { effect, signal } from "@preact/signals-core";
import { type Kept, keeping } from "../../api/kept";
import { leaveQuickly } from "../../api/rest";
import { socketWire } from "../../api/socket";
import type { Check, Commands, PartnerView } from "../../protocol";
import type { LocalCaptioner } from "../../rtc/captions";
import type { Checkup } from "../../rtc/checkup";
import { habitsOf, resume, roomOn } from "../../rtc/desk";
import type { Media } from "../../rtc/media";
import type { Share } from "../../rtc/share";
import { newId } from "../../state/ids";
import { Live } from "../../state/live";
import { SafeWord } from "../../state/safeWord";
import { PolicyClock } from "../../state/policyClock";
import type { Talk } from "../../state/talk";
import { halfWritten } from "../../ui/signs";
import { countedElsewhere, type Step } from "./screen";
import { refusal } from "../../words/room";

const REPORT_AFTER = 400; // ms: what is found at nearly the same time is told at once

/** Everything the partner's page can do, in one place; it ends with the page. */
export class Desk {
  readonly clock = new PolicyClock();
  readonly step = signal<Step>("link");
  readonly opened = signal(false);
  readonly trouble = signal<string | null>(null);
  readonly live: Live<PartnerView>;
  readonly media: Media;
  readonly checkup: Checkup;
  readonly talk: Talk;
  readonly share: Share;
  readonly captioner: LocalCaptioner;
  readonly word = new SafeWord();
  readonly halfSaid = (): boolean => halfWritten(this.word);
  readonly #own = signal("");
  readonly #keep: (kept: Kept) => void;
  #told = "";
  #soon: ReturnType<typeof setTimeout> | undefined;
  #stopReporting: () => void = () => undefined;

  /** `kept`: what this tab knows from before the page was loaded anew. */
  constructor(
    readonly token: string,
    kept: Kept,
  ) {
    this.live = new Live<PartnerView>(socketWire(token), this.clock, newId);
    ({ media: this.media, checkup: this.checkup, talk: this.talk, share: this.share, captioner: this.captioner } = roomOn(this.live));
    if (kept.word) this.keepWord(kept.word);
    resume(this, kept);
    this.#keep = keeping(token);
    effect(() => this.#keep({ word: this.#own.value, ...habitsOf(this) }));
  }

  keepWord(word: string): void {
    this.word.set(word);
    this.#own.value = word;
  }

  /** Gives a command; a refusal is shown where the person is. */
  async give<K extends keyof Commands>(name: K, body: Commands[K]): Promise<boolean> {
    this.trouble.value = null;
    const ack = await this.live.send(name, body);
    this.trouble.value = ack.error ? refusal(ack.error.message) : null;
    return !ack.error;
  }

  go(step: Step): void {
    this.trouble.value = null;
    this.step.value = step;
  }

  /** Camera and sound are opened, and the media connection is made: it is warm by the time anyone is let in. */
  async check(): Promise<void> {
    this.go("check");
    this.media.muted.value = this.media.cameraOff.value = false; // here nobody sees or hears it
    await this.#open();
  }

  async arrive(): Promise<void> {
    this.opened.value = true;
    await this.#report();
    const view = this.live.view.value;
    const takesPlace = view !== null && (view.place === "outside" || countedElsewhere(view));
    if (takesPlace && !(await this.give("arrive", {}))) return;
    this.step.value = "link";
  }

  /** Back to the place that was kept, without the whole check again. */
  async comeBack(): Promise<void> {
    this.opened.value = true;
    this.step.value = "link";
    if (this.captioner.wished.value) void this.captioner.set(true);
    await this.#open();
  }

  async leave(): Promise<void> {
    this.step.value = "left";
    this.opened.value = false;
    this.close();
    await this.live.send("leave", {});
  }

  /** Everything off at once, the seat given up, and nothing of this page left in the tab's history. */
  vanish(): void {
    this.close();
    leaveQuickly(this.token);
    this.live.stop();
    location.replace("/today");
  }

  /** A sign to the therapist. Whatever comes of it, nothing on this page changes. */
  help(): void {
    void this.live.send("ask_for_help", {});
  }

  /** The session is over for this page: nothing of it stays in the tab. */
  over(): void {
    this.close();
    this.#keep({});
  }

  /** Camera, microphone and whatever looks at them are off. */
  close(): void {
    this.checkup.stop();
    this.#stopReporting();
    this.media.close();
    this.captioner.stop();
  }

  async #open(): Promise<void> {
    this.media.wanted = true;
    this.checkup.start();
    this.#stopReporting();
    const stop = effect(() => this.#reportSoon(this.checkup.found.value));
    this.#stopReporting = () => (stop(), clearTimeout(this.#soon));
    await Promise.all([this.media.open(), this.live.join()]);
  }

  /** Who tried and failed is never taken for someone who didn't come; and the therapist knows what to expect. */
  #reportSoon(check: Check): void {
    clearTimeout(this.#soon);
    if (Object.values(check).some((found) => found !== "skipped")) this.#soon = setTimeout(() => void this.#report(), REPORT_AFTER);
  }

  async #report(): Promise<void> {
    clearTimeout(this.#soon);
    const check = this.checkup.found.value;
    const now = JSON.stringify(check);
    if (now === this.#told) return;
    this.#told = now;
    if ((await this.live.send("report_check", check)).error) this.#told = "";
  }
}
