// Runs in an AudioWorklet, whose scope no library of types describes.
declare const registerProcessor: (name: string, processor: unknown) => void;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}

const BLOCK = 2_048; // samples: 43 ms at 48 kHz

/** Hands on the sound that comes, in blocks, by the port that it is given. */
class Tap extends AudioWorkletProcessor {
  #out: MessagePort | null = null;
  #block = new Float32Array(BLOCK);
  #filled = 0;

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<MessagePort>) => (this.#out = data);
  }

  process([input]: readonly (readonly Float32Array[])[]): boolean {
    for (const sample of input?.[0] ?? []) {
      this.#block[this.#filled++] = sample;
      if (this.#filled === BLOCK) this.#full();
    }
    return true;
  }

  #full(): void {
    this.#out?.postMessage(this.#block, [this.#block.buffer]);
    this.#block = new Float32Array(BLOCK);
    this.#filled = 0;
  }
}

registerProcessor("tap", Tap);
