import { computed, signal } from "@preact/signals-core";
import type { Commands } from "../protocol";
import type { Caption, Captioner } from "./captions";
import type { Ack } from "./wire";

/** What those in one's room show each other: keys of people. */
export interface RoomState {
  readonly here: boolean;
  readonly hands: readonly string[];
  readonly sharing: string | null;
  readonly others_may_share: boolean;
  readonly away: readonly string[];
  readonly sound_only: readonly string[];
  readonly struggling: readonly string[];
}

/** A line as it comes: `text`, or a `box` that this page alone opens. */
export interface Line {
  readonly n: number;
  readonly sender: string;
  readonly to: string | null;
  readonly text: string | null;
  readonly box: string | null;
}

/** A line as it is read. `locked`: nobody in between could read it. */
export interface Said {
  readonly n: number;
  readonly sender: string;
  readonly name: string;
  readonly to: string | null;
  readonly text: string;
  readonly locked: boolean;
}

/** What the chat asks of the page: commands, who is there, and the secrets that it shares with them. */
export interface TalkDesk {
  send<K extends "say" | "read_chat" | "raise_hand" | "lower_hand">(name: K, body: Commands[K]): Promise<Ack>;
  me(): string;
  people(): readonly { readonly key: string; readonly name: string }[];
  line(readers: readonly string[], text: string): Promise<Record<string, string> | null>;
  read(sender: string, box: string): Promise<string | null>;
}

/** The seat of whoever types what is said, for those who read it. */
export const CAPTIONER = "captioner";
const isCaption = (line: Pick<Said, "sender" | "to">) => line.sender === CAPTIONER && line.to === null;

export const NOWHERE: RoomState = { here: false, hands: [], sharing: null, others_may_share: false, away: [], sound_only: [], struggling: [] };

/** Chat and raised hands of one page. Lines live here and nowhere else: no storage, and they go with the page. */
export class Talk implements Captioner {
  readonly room = signal<RoomState>(NOWHERE);
  readonly lines = signal<readonly Said[]>([]);
  /** Lines from before this page was opened, which it can't open. */
  readonly closed = signal(0);
  readonly unread = signal(0);
  readonly reading = signal(false);
  readonly messages = computed(() => this.lines.value.filter((line) => !isCaption(line)));
  readonly captions = computed(() => this.lines.value.filter(isCaption).map(({ n, text }): Caption => ({ id: `${n}`, name: null, text, open: false })));
  readonly newest = computed(() => (this.unread.value > 0 ? (this.messages.value.at(-1) ?? null) : null));
  #last = 0;
  #turn: Promise<unknown> = Promise.resolve();
  readonly #boxes = new Set<string>();

  constructor(private readonly desk: TalkDesk) {}

  get handUp(): boolean {
    return this.room.value.hands.includes(this.desk.me());
  }

  /** The seat was taken, or taken again: what was written meanwhile is asked for. */
  joined(): void {
    if (this.room.value.here) void this.#catchUp();
  }

  changed(room: RoomState): void {
    const entered = room.here && !this.room.value.here;
    this.room.value = room;
    if (entered) void this.#catchUp();
  }

  /** One after the other, in the order in which they came. */
  heard(line: Line): Promise<void> {
    const done = this.#turn.then(() => this.#take(line));
    this.#turn = done.catch(() => undefined);
    return done;
  }

  /** Writes to all (`to` null) or to one; answers what went wrong, or null. */
  async say(text: string, to: string | null): Promise<string | null> {
    const readers = to === null ? this.desk.people().map(({ key }) => key) : [to];
    const boxes = await this.desk.line(readers, text);
    const ack = await this.desk.send("say", boxes ? { to, boxes } : { to, text });
    if (ack.error) return ack.error.message;
    this.#add({ n: ack.n ?? 0, sender: this.desk.me(), name: "", to, text, locked: boxes !== null });
    return null;
  }

  async raise(up: boolean): Promise<void> {
    await this.desk.send("raise_hand", { up });
  }

  async lower(participant: string): Promise<void> {
    await this.desk.send("lower_hand", { participant });
  }

  look(reading: boolean): void {
    this.reading.value = reading;
    if (reading) this.unread.value = 0;
  }

  async #catchUp(): Promise<void> {
    const ack = await this.desk.send("read_chat", { after: this.#last });
    for (const line of ack.lines ?? []) await this.heard(line);
  }

  async #take(line: Line): Promise<void> {
    this.#last = Math.max(this.#last, line.n);
    if (this.lines.value.some(({ n, sender }) => n === line.n && sender === line.sender)) return;
    if (line.box !== null && this.#boxes.has(line.box)) return; // said once: nobody in between can say it again
    if (line.box !== null) this.#boxes.add(line.box);
    const text = line.text ?? (line.box === null ? null : await this.desk.read(line.sender, line.box));
    if (text === null) {
      this.closed.value += 1;
      return;
    }
    const name = this.desk.people().find(({ key }) => key === line.sender)?.name ?? "";
    const mine = line.sender === this.desk.me();
    this.#add({ n: line.n, sender: line.sender, name, to: line.to, text, locked: line.text === null });
    if (!mine && !this.reading.value && !isCaption(line)) this.unread.value += 1;
  }

  #add(said: Said): void {
    this.lines.value = [...this.lines.value, said].sort((one, other) => one.n - other.n);
  }
}
