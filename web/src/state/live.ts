import { signal } from "@preact/signals-core";
import type { Commands, Sent } from "../protocol";
import type { Line, RoomState } from "./talk";
import { type Held, patched } from "./patch";
import type { PolicyClock } from "./policyClock";
import type { Ack, Envelope, Problem, Wire } from "./wire";

/** `lost`: the connection is away and is being sought; `closed`: it ended for good, and `ended` says why. */
export type Phase = "connecting" | "live" | "lost" | "closed";
export type Slots = Readonly<Record<string, string | null>>;
/** Why a picture is left out: one's own connection is slow, or more people are there than pictures are sent. */
export type Paused = Readonly<Record<string, "slow" | "many">>;
export type Keys = Readonly<Record<string, string | null>>;
/** How the media connection begins: by the server's offer, by one of the page's own (`yours`), or, with neither, not at all. */
export type Offered = { readonly offer: string | null; readonly yours: boolean; readonly iceServers: readonly unknown[] };

const TRIES = 3;
/** After these the page must not come back by itself. */
const FINAL = /^(removed|link_|seat_taken|not_hosting|session_unknown|session_over|not_allowed)/;

/** One person's live view of a session, kept up to date over a wire, and the commands they may give. */
export class Live<V extends object> {
  readonly view = signal<Sent<V> | null>(null);
  readonly phase = signal<Phase>("connecting");
  readonly ended = signal<Problem | null>(null);
  readonly slots = signal<Slots>({});
  /** Whose picture the server leaves out for now. */
  readonly paused = signal<Paused>({});
  /** Called with every offer of the server: by a join that asked for media, a restart, or the server itself. */
  onOffer: (offered: Offered) => void = () => undefined;
  /** Called with the same connection as the server describes it anew. */
  onRedescribed: (offer: string) => void = () => undefined;
  /** Called whenever the seat was taken. */
  onJoined: () => void = () => undefined;
  /** Called with the public keys of the others in the room, whenever they change. */
  onMembers: (keys: Keys) => void = () => undefined;
  /** Called with a box that somebody in the room sent. */
  onKey: (sender: string, box: string) => void = () => undefined;
  /** Called with what those in the room show each other, whole, whenever it changes. */
  onRoom: (room: RoomState) => void = () => undefined;
  /** Called with a line that somebody wrote to this person. */
  onLine: (line: Line) => void = () => undefined;
  /** Whether the next join shall ask for a media connection. */
  wantsMedia: () => boolean = () => false;
  /** The seat was taken at another node than before: what media there was came from the old one. */
  onMoved: () => void = () => undefined;
  #node: string | undefined;
  #held: Held<Sent<V>> | null = null;
  #refreshing = false;
  #up = false;

  constructor(
    private readonly wire: Wire,
    private readonly clock: PolicyClock,
    private readonly newId: () => string,
  ) {}

  start(): void {
    this.wire.start({
      up: () => {
        this.#up = true;
        void this.join();
      },
      down: () => {
        this.#up = false;
        if (this.phase.value === "live") this.phase.value = "lost";
      },
      refused: (problem) => this.#refused(problem),
      event: (name, envelope) => this.#take(name, envelope),
    });
  }

  stop(): void {
    this.phase.value = "closed";
    this.wire.close();
  }

  /** Take the seat, or take it again; brings a fresh view, and a media offer if one is wanted. */
  async join(): Promise<void> {
    if (!this.#up) return;
    const ack = await this.#try("join", { v: 1, media: this.wantsMedia() });
    if (ack.error) return this.#refused(ack.error);
    this.#snapshot(ack);
    this.phase.value = "live";
    this.onJoined();
    const moved = this.#node !== undefined && this.#node !== ack.node;
    this.#node = ack.node;
    if (ack.offer || ack.yours || this.wantsMedia()) this.onOffer(offeredBy(ack));
    else if (moved) this.onMoved();
  }

  /** Give a command. Repeated under the same id while no answer comes, which acts once. */
  async send<K extends keyof Commands>(name: K, body: Commands[K]): Promise<Ack> {
    return await this.#try(name, body);
  }

  async restartMedia(): Promise<void> {
    const ack = await this.#try("restart_media", {});
    if (!ack.error) this.onOffer(offeredBy(ack));
  }

  async #try(name: string, body: object): Promise<Ack> {
    const withId = { ...body, cmd_id: this.newId() };
    for (let n = 1; ; n += 1) {
      try {
        return await this.wire.ask(name, withId);
      } catch {
        if (n >= TRIES || this.phase.value === "closed")
          return { error: { type: "no_answer", message: "That didn’t reach us. Please try again." } };
      }
    }
  }

  #take(name: string, envelope: Envelope): void {
    this.clock.hear(envelope.at);
    const data = envelope.data;
    if (name === "changed" && this.#held) {
      const next = patched(this.#held, { rev: envelope.rev, set: data["set"] as Record<string, unknown> });
      if (next === "gap") void this.#refresh();
      else this.#hold(next);
    } else if (name === "slots_assigned") {
      this.slots.value = data["slots"] as Slots;
      this.paused.value = data["paused"] as Paused;
    } else if (name === "members_keys") {
      this.onMembers(data["keys"] as Keys);
    } else if (name === "key_sent") {
      this.onKey(data["sender"] as string, data["box"] as string);
    } else if (name === "room_changed") {
      this.onRoom(data as unknown as RoomState);
    } else if (name === "chat_said") {
      this.onLine(data as unknown as Line);
    } else if (name === "media_offered") {
      this.onOffer(offeredBy(data as Ack));
    } else if (name === "media_redescribed") {
      this.onRedescribed(data["offer"] as string);
    } else if (name === "closed") {
      this.#refused(data as unknown as Problem);
    }
  }

  async #refresh(): Promise<void> {
    if (this.#refreshing) return;
    this.#refreshing = true;
    const ack = await this.#try("refresh", {});
    this.#refreshing = false;
    if (!ack.error) this.#snapshot(ack);
  }

  #snapshot(ack: Ack): void {
    const view = ack.snapshot as Sent<V>;
    this.clock.hear(view.now, view.speed);
    this.#hold({ view, rev: ack.rev ?? 0 });
  }

  #hold(held: Held<Sent<V>>): void {
    this.#held = held;
    this.view.value = held.view;
  }

  #refused(problem: Problem): void {
    if (!FINAL.test(problem.type)) return;
    this.ended.value = problem;
    this.stop();
  }
}

function offeredBy({ offer, yours, ice_servers }: Ack): Offered {
  return { offer: offer ?? null, yours: yours ?? false, iceServers: ice_servers ?? [] };
}
