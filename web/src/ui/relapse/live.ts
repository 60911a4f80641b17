import { signal } from "@preact/signals";
import * as Y from "yjs";
import { type Plan, plan, SECTIONS, type Section, type Whose } from "../../api/relapse";

type Said =
  | { readonly t: "state"; readonly update: string; readonly vector: string }
  | { readonly t: "update"; readonly update: string; readonly by: string }
  | { readonly t: "presence"; readonly here: readonly string[]; readonly open: boolean }
  | { readonly t: "version" }
  | { readonly t: "refused"; readonly code: string };

const AGAIN = [500, 1000, 2000, 5000]; // ms before a lost connection is tried again
const QUIET = 2500; // ms after which nobody is said to be writing

/** The plan as it is written now. What is written while the connection is gone stays here, and goes out when it is back. */
export class LivePlan {
  readonly doc = new Y.Doc();
  readonly plan = signal<Plan | null>(null);
  readonly here = signal<readonly string[]>([]);
  readonly open = signal(false);
  readonly connected = signal(false);
  readonly writing = signal<string | null>(null);
  readonly refused = signal<string | null>(null);
  #socket: WebSocket | null = null;
  #tries = 0;
  #ended = false;
  #again = 0;
  #still = 0;

  constructor(readonly whose: Whose) {
    SECTIONS.forEach((section) => this.text(section));
    this.doc.on("update", (update: Uint8Array, origin: unknown) => origin !== this && this.#send({ t: "update", update: encoded(update) }));
    void this.look();
    this.#connect();
  }

  text(section: Section): Y.Text {
    return this.doc.getText(section);
  }

  async look(): Promise<void> {
    this.plan.value = await plan(this.whose).catch(() => this.plan.value);
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#again);
    clearTimeout(this.#still);
    this.#socket?.close();
  }

  #connect(): void {
    const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/v1/relapse-plan/live`);
    this.#socket = socket;
    socket.onopen = () => socket.send(JSON.stringify({ t: "open", token: this.whose.token, couple: this.whose.couple ?? null, vector: encoded(Y.encodeStateVector(this.doc)) }));
    socket.onmessage = (event: MessageEvent<string>) => this.#take(JSON.parse(event.data) as Said);
    socket.onclose = () => this.#lost();
  }

  #lost(): void {
    this.connected.value = false;
    this.open.value = false;
    if (this.#ended || this.refused.value === "unknown") return;
    this.#again = window.setTimeout(() => this.#connect(), AGAIN[Math.min(this.#tries++, AGAIN.length - 1)]);
  }

  #take(said: Said): void {
    switch (said.t) {
      case "state":
        this.connected.value = true;
        this.#tries = 0;
        Y.applyUpdate(this.doc, decoded(said.update), this);
        if (this.open.value) this.#sendWhatIsMissing(decoded(said.vector));
        return;
      case "update":
        Y.applyUpdate(this.doc, decoded(said.update), this);
        this.#writes(said.by);
        return;
      case "presence": {
        const opened = said.open && !this.open.value;
        this.here.value = said.here;
        this.open.value = said.open;
        if (opened && this.connected.value) this.#send({ t: "ask", vector: encoded(Y.encodeStateVector(this.doc)) });
        return;
      }
      case "version":
        void this.look();
        return;
      case "refused":
        this.refused.value = said.code;
    }
  }

  #sendWhatIsMissing(vector: Uint8Array): void {
    const update = Y.encodeStateAsUpdate(this.doc, vector);
    if (update.length > 2) this.#send({ t: "update", update: encoded(update) });
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
