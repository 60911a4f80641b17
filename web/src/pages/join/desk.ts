import { signal } from "@preact/signals-core";
import { leaveQuickly } from "../../api/rest";
import { socketWire } from "../../api/socket";
import type { CheckResult, Commands, PartnerView } from "../../protocol";
import { roomOn } from "../../rtc/desk";
import type { Media } from "../../rtc/media";
import type { Share } from "../../rtc/share";
import { newId } from "../../state/ids";
import { Live } from "../../state/live";
import { SafeWord } from "../../state/safeWord";
import { PolicyClock } from "../../state/policyClock";
import type { Talk } from "../../state/talk";
import { countedElsewhere, type Step } from "./screen";

/** Everything the partner's page can do, in one place; it ends with the page. */
export class Desk {
  readonly clock = new PolicyClock();
  readonly step = signal<Step>("link");
  readonly opened = signal(false);
  readonly trouble = signal<string | null>(null);
  readonly live: Live<PartnerView>;
  readonly media: Media;
  readonly talk: Talk;
  readonly share: Share;
  readonly word = new SafeWord();

  constructor(readonly token: string) {
    this.live = new Live<PartnerView>(socketWire(token), this.clock, newId);
    ({ media: this.media, talk: this.talk, share: this.share } = roomOn(this.live));
  }

  /** Gives a command; a refusal is shown where the person is. */
  async give<K extends keyof Commands>(name: K, body: Commands[K]): Promise<boolean> {
    this.trouble.value = null;
    const ack = await this.live.send(name, body);
    this.trouble.value = ack.error?.message ?? null;
    return !ack.error;
  }

  go(step: Step): void {
    this.trouble.value = null;
    this.step.value = step;
  }

  /** Camera and sound are opened, and the media connection is made: it is warm by the time anyone is let in. */
  async check(): Promise<void> {
    this.go("check");
    this.media.wanted = true;
    await Promise.all([this.media.open(), this.live.join()]);
    await this.tellTrouble();
  }

  /** Who tried and failed is never taken for someone who didn't come: so a fault is told at once. */
  async tellTrouble(): Promise<void> {
    const check = found(this.media, null, false);
    if (check.camera === "failed" || check.microphone === "failed") await this.live.send("report_check", check);
  }

  async arrive(check: Commands["report_check"]): Promise<void> {
    this.opened.value = true;
    await this.live.send("report_check", check);
    const view = this.live.view.value;
    const takesPlace = view !== null && (view.place === "outside" || countedElsewhere(view));
    if (takesPlace && !(await this.give("arrive", {}))) return;
    this.step.value = "link";
  }

  /** Back to the place that was kept, without the whole check again. */
  async comeBack(): Promise<void> {
    this.media.wanted = true;
    this.opened.value = true;
    this.step.value = "link";
    await Promise.all([this.media.open(), this.live.join()]);
  }

  async leave(): Promise<void> {
    this.step.value = "left";
    this.opened.value = false;
    this.media.close();
    await this.live.send("leave", {});
  }

  /** Everything off at once, the seat given up, and nothing of this page left in the tab's history. */
  vanish(): void {
    this.media.close();
    leaveQuickly(this.token);
    this.live.stop();
    location.replace("/today");
  }

  /** A sign to the therapist. Whatever comes of it, nothing on this page changes. */
  help(): void {
    void this.live.send("ask_for_help", {});
  }
}

/** What the device check found, as the server is told. */
export function found(media: Media, heard: boolean | null, connected: boolean): Commands["report_check"] {
  const of = (works: boolean, broken: boolean): CheckResult => (works ? "ok" : broken ? "failed" : "skipped");
  return {
    camera: of(media.camera.value !== null, media.cameraFault.value !== null),
    microphone: of(media.microphone.value !== null, media.microphoneFault.value !== null),
    speaker: of(heard === true, heard === false),
    connection: of(connected || media.none.value, media.connection.value === "failed"),
  };
}
