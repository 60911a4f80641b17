import { signal } from "@preact/signals-core";
import { listed } from "./devices";

/** A device that went away by itself, and whether another took its place. */
export interface Unplugged {
  readonly what: "camera" | "microphone" | "speaker";
  readonly replaced: boolean;
}

/** What is plugged in, and through which speaker the others are heard. */
export class Plugged {
  readonly devices = signal<readonly MediaDeviceInfo[]>([]);
  /** "" is what the system has chosen. */
  readonly speaker = signal("");
  readonly unplugged = signal<Unplugged | null>(null);

  async list(): Promise<void> {
    const before = this.devices.value;
    this.devices.value = await listed();
    const chosen = this.speaker.value;
    if (!chosen || this.devices.value.some(({ deviceId }) => deviceId === chosen)) return;
    this.speaker.value = "";
    if (before.some(({ deviceId }) => deviceId === chosen)) this.unplugged.value = { what: "speaker", replaced: true };
  }

  /** Lists again whenever something is plugged in or out, until the returned function is called. */
  watch(): () => void {
    const list = () => void this.list();
    navigator.mediaDevices?.addEventListener?.("devicechange", list);
    return () => navigator.mediaDevices?.removeEventListener?.("devicechange", list);
  }
}
