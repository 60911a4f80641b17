/// <reference lib="webworker" />
import upright from "@mediapipe/selfie_segmentation/selfie_segmentation.tflite?url";
import wide from "@mediapipe/selfie_segmentation/selfie_segmentation_landscape.tflite?url";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import simd from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url";
import { env, setBackend } from "@tensorflow/tfjs-core";
import { read } from "./model";
import { type Net, netOf } from "./net";
import { LONGEST } from "./pace";
import { type Seen, soften } from "./soften";

/** A picture to look at, RGBA: as wide as high (from an upright camera), or wider. */
export interface Look {
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
}

/** `next`: one more picture may come. `fault`: nothing more comes from here. */
export type Report = { readonly seen: Seen } | { readonly next: true } | { readonly fault: "unable" | "slow" };

const PERIOD = 42; // ms between two pictures, at best
const TRIES = 3; // the first are slow anywhere
const scope = self as unknown as DedicatedWorkerGlobalScope;
const nets = new Map<string, Promise<Net>>();

scope.onmessage = ({ data }: MessageEvent<Look>) => void look(data).catch(unable);
void begin().catch(unable);

async function begin(): Promise<void> {
  // A worker knows no threads here, and without SIMD it would be too slow by far.
  setWasmPaths({ "tfjs-backend-wasm-simd.wasm": simd, "tfjs-backend-wasm.wasm": simd, "tfjs-backend-wasm-threaded-simd.wasm": simd });
  env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  if (!(await env().getAsync("WASM_HAS_SIMD_SUPPORT")) || !(await setBackend("wasm"))) return unable();
  const net = await loaded(wide);
  let quickest = Infinity;
  for (let n = 0; n < TRIES; n++) {
    const began = performance.now();
    net(new Float32Array(256 * 144 * 3));
    quickest = Math.min(quickest, performance.now() - began);
  }
  if (quickest > LONGEST) tell({ fault: "slow" });
  else tell({ next: true });
}

async function look({ pixels, width }: Look): Promise<void> {
  const began = performance.now();
  const net = await loaded(width * width * 4 === pixels.length ? upright : wide);
  const picture = new Float32Array((pixels.length / 4) * 3);
  for (let n = 0, at = 0; n < pixels.length; n += 4) {
    for (let c = 0; c < 3; c++) picture[at++] = (pixels[n + c] ?? 0) / 255;
  }
  const seen = soften(pixels, net(picture), width);
  scope.postMessage({ seen } satisfies Report, [seen.person.buffer, seen.room.buffer]);
  // This clock runs on while the page is behind another one, where the page's own all but stands still.
  setTimeout(() => tell({ next: true }), Math.max(0, PERIOD - (performance.now() - began)));
}

function loaded(url: string): Promise<Net> {
  const there = nets.get(url) ?? fetch(url).then((answer) => answer.arrayBuffer()).then((file) => netOf(read(file)));
  nets.set(url, there);
  return there;
}

function tell(report: Report): void {
  scope.postMessage(report);
}

function unable(): void {
  tell({ fault: "unable" });
}
