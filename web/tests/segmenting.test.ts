import { readFileSync } from "node:fs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { memory, setBackend } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { read } from "../src/rtc/blur/model";
import { netOf } from "../src/rtc/blur/net";

const MODELS = "node_modules/@mediapipe/selfie_segmentation/";

/** A drawn person before a wall: [red, green, blue] of a place, across and down from 0 to 1. */
function drawn(across: number, down: number): readonly [number, number, number] {
  const inside = (x: number, y: number, wide: number, high: number) => ((across - x) / wide) ** 2 + ((down - y) / high) ** 2 < 1;
  if (inside(0.5, 0.54, 0.04, 0.015)) return [170, 80, 80];
  if (inside(0.455, 0.38, 0.016, 0.02) || inside(0.545, 0.38, 0.016, 0.02)) return [40, 30, 30];
  if (inside(0.5, 0.42, 0.105, 0.24)) return [224, 172, 140];
  if (inside(0.5, 0.36, 0.125, 0.27)) return [60, 40, 30];
  if (inside(0.5, 1.05, 0.34, 0.5)) return [40, 60, 120];
  return [120 + 80 * across, 140 - 40 * down, 110 + 60 * down];
}

// What TensorFlow Lite's own interpreter says of that picture, along the person's edge: its place, and how surely it is theirs.
const WIDE = [[3449, 0.1598], [7270, 0.1835], [12640, 0.534], [15200, 0.5428], [17820, 0.655], [19353, 0.2166], [20887, 0.3394], [22698, 0.2673], [24901, 0.168], [28726, 0.4731], [33580, 0.6679], [36824, 0.1604]] as const;
const UPRIGHT = [[6011, 0.1868], [7539, 0.2587], [9092, 0.678], [9864, 0.6898], [15459, 0.1714], [26271, 0.7651], [31587, 0.2757], [36458, 0.7125], [39849, 0.1786], [48188, 0.4428], [56879, 0.8053], [65495, 0.6384]] as const;

function file(name: string): ArrayBuffer {
  return Uint8Array.from(readFileSync(`${MODELS}${name}.tflite`)).buffer;
}

describe("telling a person from the room behind", () => {
  beforeAll(async () => {
    setWasmPaths(`${process.cwd()}/node_modules/@tensorflow/tfjs-backend-wasm/dist/`);
    expect(await setBackend("wasm")).toBe(true);
  });

  it.each([
    ["selfie_segmentation_landscape", 256, 144, WIDE, 0.3304],
    ["selfie_segmentation", 256, 256, UPRIGHT, 0.3289],
  ] as const)("says what the reference says, with %s", (name, width, height, edge, mean) => {
    const model = read(file(name));
    expect(model.size).toEqual([height, width]);
    const net = netOf(model);
    const picture = new Float32Array(width * height * 3);
    for (let n = 0; n < width * height; n++) picture.set(drawn((n % width) / width, Math.floor(n / width) / height).map((c) => c / 255), n * 3);
    const said = net(picture);
    for (const [at, surely] of edge) expect(said[at]).toBeCloseTo(surely, 2);
    expect(said.reduce((sum, one) => sum + one, 0) / said.length).toBeCloseTo(mean, 3);
    const held = memory().numTensors;
    net(picture);
    expect(memory().numTensors).toBe(held);
  });

  it("refuses a model with anything that it doesn't know, rather than guess", () => {
    const other = new Uint8Array(file("selfie_segmentation_landscape"));
    const name = new TextEncoder().encode("Convolution2DTransposeBias");
    const at = other.findIndex((_, n) => name.every((byte, k) => other[n + k] === byte));
    other[at] = "X".charCodeAt(0);
    expect(() => read(other.buffer)).toThrow("unknown operator 32");
    expect(() => read(new ArrayBuffer(64))).toThrow();
  });
});
