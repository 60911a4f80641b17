import { effect, type ReadonlySignal } from "@preact/signals-core";

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

/** Keeps an element ready for each stream: when somebody is let in, the first frame finds it there. */
export function picturesReady(streams: ReadonlySignal<readonly MediaStream[]>): () => void {
  return effect(() => streams.value.forEach(pictureOf));
}
