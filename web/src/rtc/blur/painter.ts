import type { Look } from "./segmenter";
import { type Seen, SHRINK } from "./soften";

const WIDE = [256, 144] as const; // what the models look at
const UPRIGHT = [256, 256] as const;

/** Puts a person, as their camera has them, before the room, as it was blurred. What is painted never holds the room itself. */
export class Painter {
  readonly canvas = document.createElement("canvas");
  readonly #out = drawing(this.canvas);
  readonly #held = drawing(document.createElement("canvas"));
  readonly #small = drawing(document.createElement("canvas"), true);
  readonly #person = drawing(document.createElement("canvas"));
  readonly #room = drawing(document.createElement("canvas"));

  /** Holds this moment of a film, and answers it as small as it is looked at. */
  grab(film: HTMLVideoElement): Look {
    const [across, down] = [film.videoWidth, film.videoHeight];
    const [width, height] = across > down ? WIDE : UPRIGHT;
    size(this.#held, across, down);
    size(this.#small, width, height);
    this.#held.drawImage(film, 0, 0, across, down);
    this.#small.drawImage(this.#held.canvas, 0, 0, width, height);
    return { pixels: new Uint8ClampedArray(this.#small.getImageData(0, 0, width, height).data), width };
  }

  /** Paints what is held, by what was seen in it. */
  paint({ person, room }: Seen): void {
    const [held, { width, height }] = [this.#held.canvas, this.#small.canvas];
    put(this.#person, person, width, height);
    put(this.#room, room, width / SHRINK, height / SHRINK);
    size(this.#out, held.width, held.height);
    const lay = (what: HTMLCanvasElement, how: GlobalCompositeOperation) => {
      this.#out.globalCompositeOperation = how;
      this.#out.drawImage(what, 0, 0, held.width, held.height);
    };
    lay(this.#person.canvas, "copy");
    lay(held, "source-in");
    lay(this.#room.canvas, "destination-over");
  }
}

function drawing(canvas: HTMLCanvasElement, willReadFrequently = false): CanvasRenderingContext2D {
  const context = canvas.getContext("2d", { willReadFrequently });
  if (!context) throw new Error("no canvas");
  return context;
}

/** A canvas that is given a size is empty afterwards, so it is given one only when it changes. */
function size({ canvas }: CanvasRenderingContext2D, width: number, height: number): void {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}

function put(on: CanvasRenderingContext2D, pixels: Uint8ClampedArray<ArrayBuffer>, width: number, height: number): void {
  size(on, width, height);
  on.putImageData(new ImageData(pixels, width, height), 0, 0);
}
