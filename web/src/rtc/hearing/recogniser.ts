/// <reference lib="webworker" />
import encoder from "../../../node_modules/@moonshine-ai/moonshine-js/dist/model/tiny/quantized/encoder_model.onnx?url";
import decoder from "../../../node_modules/@moonshine-ai/moonshine-js/dist/model/tiny/quantized/decoder_model_merged.onnx?url";
import { env } from "onnxruntime-web/wasm";
import wasm from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";
import type { CaptionFault } from "../captions";
import { fetched } from "./fetched";
import { Lowered, RATE } from "./lowered";
import { type Recogniser, recogniserOf } from "./moonshine";
import { Turns } from "./turns";

/** A voice to hear, whose blocks of sound come by `port` at `rate` Hz; or one that is over. */
export type Order = { readonly voice: string; readonly rate: number; readonly port: MessagePort } | { readonly over: string };

/** `fault`: nothing more comes from here. */
export type Report =
  | { readonly loaded: number }
  | { readonly ready: true }
  | { readonly voice: string; readonly n: number; readonly text: string; readonly open: boolean }
  | { readonly fault: CaptionFault };

const scope = self as unknown as DedicatedWorkerGlobalScope;
const turns = new Turns();
let recognise: Recogniser | null = null;
let busy = false;

scope.onmessage = ({ data }: MessageEvent<Order>) => ("over" in data ? ended(data.over) : begun(data));
void begin().catch(unable);

async function begin(): Promise<void> {
  // No threads: they would need a page that is isolated from every other origin.
  env.wasm.numThreads = 1;
  env.wasm.wasmPaths = { wasm };
  const [first, second] = await fetched([encoder, decoder], (part) => tell({ loaded: part }));
  if (!first || !second) return unable();
  const words = await recogniserOf({ encoder: first, decoder: second });
  await words(new Float32Array(RATE)); // the first is slow anywhere
  recognise = words;
  tell({ ready: true });
  await work();
}

function begun({ voice, rate, port }: Extract<Order, { rate: number }>): void {
  const [lowered, phrases] = [new Lowered(rate), turns.begin(voice)];
  port.onmessage = ({ data }: MessageEvent<Float32Array>) => {
    phrases.take(lowered.take(data));
    void work().catch(unable);
  };
}

function ended(voice: string): void {
  turns.end(voice);
  void work().catch(unable);
}

async function work(): Promise<void> {
  if (busy || !recognise) return;
  busy = true;
  for (let turn = turns.next(); turn; turn = turns.next()) {
    const { voice, phrase } = turn;
    tell({ voice, n: phrase.n, text: await recognise(phrase.samples), open: phrase.open });
    await new Promise((done) => setTimeout(done)); // the sound that came meanwhile
    if (turns.behind) tell({ fault: "slow" });
  }
  busy = false;
}

function tell(report: Report): void {
  scope.postMessage(report);
}

function unable(): void {
  tell({ fault: "unable" });
}
