import { effect, signal } from "@preact/signals";
import { type Kept, keeping } from "../../api/kept";
import { type SessionRow, sessions } from "../../api/rest";
import { socketWire } from "../../api/socket";
import type { Action, CardView, Commands, TherapistView } from "../../protocol";
import type { LocalCaptioner } from "../../rtc/captions";
import type { Checkup } from "../../rtc/checkup";
import { habitsOf, resume, roomOn } from "../../rtc/desk";
import type { Media } from "../../rtc/media";
import type { Share } from "../../rtc/share";
import { newId } from "../../state/ids";
import { Live } from "../../state/live";
import { PolicyClock } from "../../state/policyClock";
import type { Talk } from "../../state/talk";

type Focus = NonNullable<Commands["answer_card"]["focus"]>;
type Answer = Commands["answer_card"]["option"];

/** An answer that was tapped and not yet given: it can be undone. */
export interface Pending {
  readonly card: string;
  readonly option: Answer;
  readonly focus: Focus | null;
}

const UNDO = 4_000; // ms in which an answer that can't be taken back later can still be undone
const HURRY = 8_000; // with less time than this left on the card, an answer is given at once
const LISTED = 60_000; // ms between looks at today's sessions

/** These change things that cannot be changed back. */
const GRAVE: ReadonlySet<Action> = new Set(["proceed", "reschedule", "end", "merge"]);

export class Desk {
  readonly clock = new PolicyClock();
  readonly today = signal<readonly SessionRow[]>([]);
  readonly zone = signal("UTC");
  readonly trouble = signal<string | null>(null);
  readonly pending = signal<Pending | null>(null);
  readonly live: Live<TherapistView>;
  readonly media: Media;
  readonly checkup: Checkup;
  readonly talk: Talk;
  readonly share: Share;
  readonly captioner: LocalCaptioner;
  readonly #keep: (kept: Kept) => void;
  #undo: ReturnType<typeof setTimeout> | undefined;

  /** `kept`: what this tab knows from before the page was loaded anew. */
  constructor(
    readonly token: string,
    kept: Kept,
  ) {
    this.live = new Live<TherapistView>(socketWire(token), this.clock, newId);
    ({ media: this.media, checkup: this.checkup, talk: this.talk, share: this.share, captioner: this.captioner } = roomOn(this.live));
    resume(this, kept);
    this.#keep = keeping(token);
    effect(() => this.#keep(habitsOf(this)));
  }

  async give<K extends keyof Commands>(name: K, body: Commands[K]): Promise<boolean> {
    this.trouble.value = null;
    const ack = await this.live.send(name, body);
    this.trouble.value = ack.error?.message ?? null;
    return !ack.error;
  }

  async turnOn(): Promise<void> {
    this.media.wanted = true;
    this.checkup.start();
    if (this.captioner.wished.value) void this.captioner.set(true);
    await Promise.all([this.media.open(), this.live.join()]);
  }

  /** The session is over for this page: nothing of it stays in the tab. */
  over(): void {
    this.close();
    this.#keep({});
  }

  /** Camera, microphone and whatever hears are off. */
  close(): void {
    this.media.close();
    this.captioner.stop();
  }

  /** One tap. What can't be taken back is given a moment later, so that a wrong tap harms nobody. */
  answer(card: CardView, option: Answer, focus: Focus | null = null): void {
    clearTimeout(this.#undo);
    this.pending.value = { card: card.id, option, focus };
    if (!GRAVE.has(option) || this.clock.realLeft(card.answer_by) < HURRY) return this.settle();
    this.#undo = setTimeout(() => this.settle(), UNDO);
  }

  undo(): void {
    clearTimeout(this.#undo);
    this.pending.value = null;
  }

  /** Gives the pending answer now. */
  settle(): void {
    clearTimeout(this.#undo);
    const { pending } = this;
    const now = pending.value;
    if (!now) return;
    const body = { card: now.card, option: now.option, ...(now.focus && { focus: now.focus }) };
    void this.give("answer_card", body).then(() => {
      if (pending.value === now) pending.value = null;
    });
  }

  /** The card is gone: nothing is left to answer. */
  forget(card: string | null): void {
    if (this.pending.value && this.pending.value.card !== card) this.undo();
  }

  keepListing(): () => void {
    const look = () =>
      void sessions(this.token).then(
        (found) => {
          this.today.value = found.sessions;
          this.zone.value = found.zone;
        },
        () => undefined,
      );
    look();
    const timer = setInterval(look, LISTED);
    return () => clearInterval(timer);
  }
}
