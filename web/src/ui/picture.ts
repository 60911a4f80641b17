import { effect, type ReadonlySignal } from "@preact/signals-core";
import { watching } from "../rtc/interrupted";

const made = new WeakMap<MediaStream, HTMLVideoElement>();

/** The element that plays this stream, the same one each time. */
export function pictureOf(stream: MediaStream): HTMLVideoElement {
  let element = made.get(stream);
  if (!element) {
    element = document.createElement("video");
    element.playsInline = true;
    element.autoplay = true;
    element.srcObject = stream;
    made.set(stream, element);
  }
  return element;
}

/** Keeps an element ready for each stream, heard through `speaker`: when somebody is let in, the first frame finds it there. */
export function picturesReady(streams: ReadonlySignal<readonly MediaStream[]>, speaker: ReadonlySignal<string>): () => void {
  const stop = effect(() => {
    for (const element of streams.value.map(pictureOf)) void element.setSinkId?.(speaker.value).catch(() => undefined);
  });
  // A phone pauses them while another app is in front.
  const unwatch = watching(() => undefined, () => streams.value.map(pictureOf).forEach((one) => one.paused && one.isConnected && void one.play().catch(() => undefined)));
  return () => {
    stop();
    unwatch();
  };
}

/** Whether a picture may stay on top of other windows in this browser. */
export function canFloat(): boolean {
  return document.pictureInPictureEnabled === true;
}

/** Puts this stream's picture on top of other windows, or back into the page. */
export async function float(stream: MediaStream | null): Promise<void> {
  if (document.pictureInPictureElement) await document.exitPictureInPicture();
  else if (stream) await pictureOf(stream).requestPictureInPicture().catch(() => undefined);
}
