import { type ReadonlySignal, signal } from "@preact/signals";
import * as Y from "yjs";
import { type Plan, plan, SECTIONS, signPlan, type Section, type Whose } from "../../api/relapse";
import { nodeAt } from "../../api/node";
import { Newest } from "../../state/newest";
import { Roads } from "../../state/roads";

type Said =
  | { readonly t: "state"; readonly update: string; readonly vector: string }
  | { readonly t: "update"; readonly update: string; readonly by: string }
  | { readonly t: "presence"; readonly here: readonly string[]; readonly open: boolean }
  | { readonly t: "version" }
  | { readonly t: "elsewhere"; readonly address: string }
  | { readonly t: "refused"; readonly code: string };

const AGAIN = [500, 1000, 2000, 5000]; // ms before a lost connection is tried again
const TOGETHER = 60; // ms of typing that go out in one piece
const HELD = 250; // ms until what must not go out yet is looked at again
const HELD_MOST = 5_000; // ms without a further letter, after which it goes out in any case
const NOTHING = 2; // bytes of an update without any change
const QUIET = 2500; // ms after which nobody is said to be writing

/** The plan as it is written now. What is written while the connection is gone stays here, and goes out when it is back. */
export class LivePlan {
  readonly doc = new Y.Doc();
  readonly #record: Newest<Plan>;
  readonly here = signal<readonly string[]>([]);
  readonly open = signal(false);
  readonly connected = signal<boolean | null>(null); // null until the first try has ended
  readonly writing = signal<string | null>(null);
  readonly refused = signal<string | null>(null);
  #socket: WebSocket | null = null;
  #tries = 0;
  #roads = new Roads();
  #ended = false;
  #again = 0;
  #still = 0;
  #behind = false;
  /** What is to go out: since when, and the changes since, or null where they have to be read off the text. */
  #due: { readonly since: Uint8Array; updates: Uint8Array[] | null } | null = null;
  #typed = 0;

  /** `halfSaid`: whether what was typed last must not go out as it stands, since its writer is about to take it back. */
  constructor(
    readonly whose: Whose,
    private readonly halfSaid: () => boolean = () => false,
  ) {
    this.#record = new Newest(() => plan(whose));
    SECTIONS.forEach((section) => this.text(section));
    this.doc.on("update", (update: Uint8Array, origin: unknown, _: Y.Doc, { beforeState }: Y.Transaction) => origin !== this && this.#soon(Y.encodeStateVector(beforeState), update));
    addEventListener("offline", this.#away);
    addEventListener("online", this.#home);
    void this.#record.look();
    this.#connect();
  }

  // The browser knows at once that the network is gone or back; a socket finds out much later.
  readonly #away = () => (this.#drop(), this.#lost());
  readonly #home = () => {
    if (this.connected.value) return;
    clearTimeout(this.#again);
    this.#tries = 0;
    this.#drop();
    this.#connect();
  };

  #drop(): void {
    if (!this.#socket) return;
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close();
    this.#socket = null;
  }

  text(section: Section): Y.Text {
    return this.doc.getText(section);
  }

  /** The latest version, and who has signed which. */
  get plan(): ReadonlySignal<Plan | null> {
    return this.#record.value;
  }

  /** Sign the version that was shown. */
  async sign(version: number, name: string): Promise<void> {
    this.#record.set(await signPlan(this.whose, version, name));
    this.#send({ t: "signed" });
  }

  end(): void {
    this.#ended = true;
    this.#record.end();
    removeEventListener("offline", this.#away);
    removeEventListener("online", this.#home);
    clearTimeout(this.#again);
    clearTimeout(this.#still);
    this.#sendDue();
    this.#socket?.close(1000); // a goodbye: who only loses the connection counts as here for a moment
  }

  #connect(): void {
    const { origin, path } = nodeAt(this.#roads.at);
    const socket = new WebSocket(`${origin.replace(/^http/, "ws")}${path}/v1/relapse-plan/live`);
    this.#socket = socket;
    socket.onopen = () => socket.send(JSON.stringify({ t: "open", token: this.whose.token, couple: this.whose.couple ?? null, vector: encoded(Y.encodeStateVector(this.doc)) }));
    socket.onmessage = (event: MessageEvent<string>) => this.#take(JSON.parse(event.data) as Said);
    socket.onclose = () => this.#lost();
  }

  #lost(): void {
    this.connected.value = false; // whoever was writing writes on; whether they still may is told when it is back
    if (this.#ended || this.refused.value === "unknown") return;
    this.#roads.next(); // where we came from: it knows who is there now
    this.#again = window.setTimeout(() => this.#connect(), AGAIN[Math.min(this.#tries++, AGAIN.length - 1)]);
  }

  #take(said: Said): void {
    switch (said.t) {
      case "state":
        if (!this.connected.value) void this.#record.look(); // nobody told of versions while the connection was away
        this.connected.value = true;
        this.#tries = 0;
        this.#roads.arrived([]);
        this.refused.value = null;
        Y.applyUpdate(this.doc, decoded(said.update), this);
        if (this.open.value) this.#soon(decoded(said.vector), null);
        return;
      case "update":
        Y.applyUpdate(this.doc, decoded(said.update), this);
        this.#writes(said.by);
        return;
      case "presence": {
        const opened = said.open && !this.open.value;
        this.here.value = said.here;
        this.open.value = said.open;
        if (opened && this.connected.value) this.#ask();
        return;
      }
      case "version":
        void this.#record.look();
        return;
      case "elsewhere":
        this.#drop();
        if (this.#roads.sentTo(said.address)) this.#connect();
        else this.#lost();
        return;
      case "refused":
        this.refused.value = said.code;
        this.#behind = true;
    }
  }

  /** What is typed goes out a moment later in one piece; after a refusal, with all that was refused. */
  #soon(since: Uint8Array, update: Uint8Array | null): void {
    this.#typed = Date.now();
    if (!this.#due) window.setTimeout(() => this.#go(), TOGETHER);
    if (!this.#due || !update) this.#due = { since, updates: update && [update] };
    else this.#due.updates?.push(update);
  }

  #go(): void {
    if (!this.#due) return;
    if (this.halfSaid() && Date.now() - this.#typed < HELD_MOST) {
      this.#due.updates = null; // their letters would go out with them
      window.setTimeout(() => this.#go(), HELD);
    } else if (this.#behind) this.#ask();
    else this.#sendDue();
  }

  #sendDue(): void {
    const due = this.#due;
    this.#due = null;
    const update = due && (due.updates ? Y.mergeUpdates(due.updates) : Y.encodeStateAsUpdate(this.doc, due.since));
    if (update && update.length > NOTHING) this.#send({ t: "update", update: encoded(update) });
  }

  #ask(): void {
    this.#behind = false;
    this.#due = null;
    this.#send({ t: "ask", vector: encoded(Y.encodeStateVector(this.doc)) });
  }

  #writes(key: string): void {
    this.writing.value = key;
    clearTimeout(this.#still);
    this.#still = window.setTimeout(() => (this.writing.value = null), QUIET);
  }

  #send(message: object): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }
}

function encoded(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

function decoded(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
}
