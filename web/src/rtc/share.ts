import { effect, type ReadonlySignal } from "@preact/signals-core";
import type { RoomState } from "../state/talk";
import type { Ack } from "../state/wire";
import type { Media } from "./media";

/** One's screen in place of one's picture: asked of the browser, then of the session, and never longer than both allow. */
export class Share {
  #starting = false;

  constructor(
    private readonly media: Pick<Media, "screen" | "show">,
    private readonly room: ReadonlySignal<RoomState>,
    private readonly ask: (on: boolean) => Promise<Ack>,
    private readonly me: () => string,
  ) {
    effect(() => this.#keepTrue(this.room.value, this.media.screen.value !== null));
  }

  static get possible(): boolean {
    return typeof navigator.mediaDevices?.getDisplayMedia === "function";
  }

  /** Answers what went wrong, or null; whoever changes their mind in the browser's own dialog gets no answer either. */
  async start(): Promise<string | null> {
    const screen = await picked();
    if (!screen) return null;
    this.#starting = true;
    try {
      const ack = await this.ask(true);
      if (ack.error) {
        screen.stop();
        return ack.error.message;
      }
      screen.onended = () => void this.stop();
      await this.media.show(screen);
      return null;
    } finally {
      this.#starting = false;
    }
  }

  async stop(): Promise<void> {
    await this.media.show(null);
    await this.ask(false);
  }

  /** The therapist may end it, leaving the room does, and a page that was opened anew shows nothing any more. */
  #keepTrue(room: RoomState, showing: boolean): void {
    if (this.#starting) return;
    const mine = room.here && room.sharing === this.me();
    if (showing && !mine) void this.media.show(null);
    if (!showing && mine) void this.ask(false);
  }
}

async function picked(): Promise<MediaStreamTrack | null> {
  try {
    const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 10 } }, audio: false });
    const [track] = stream.getVideoTracks();
    if (track) track.contentHint = "detail";
    return track ?? null;
  } catch {
    return null;
  }
}
