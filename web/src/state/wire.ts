import type { Line } from "./talk";

/** What a live session needs of a connection; api/socket.ts has the real one, tests a false one. */
export interface Wire {
  /** Sends an event and waits for its acknowledgement. Rejects when none came. */
  ask(event: string, body: object): Promise<Ack>;
  start(hooks: WireHooks): void;
  close(): void;
}

export interface WireHooks {
  up(): void;
  down(): void;
  refused(problem: Problem): void;
  event(name: string, envelope: Envelope): void;
}

export interface Problem {
  readonly type: string;
  readonly message: string;
  /** With `elsewhere`: where the session lives. */
  readonly address?: string;
}

export interface Envelope {
  readonly v: number;
  readonly rev: number;
  readonly at: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Ack {
  readonly ok?: true;
  readonly rev?: number;
  readonly snapshot?: unknown;
  readonly offer?: string | null;
  readonly yours?: boolean;
  readonly answer?: string;
  readonly ice_servers?: readonly unknown[];
  readonly n?: number;
  readonly lines?: readonly Line[];
  readonly node?: string;
  readonly nodes?: readonly string[];
  readonly error?: Problem;
}
