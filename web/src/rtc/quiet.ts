import { loadRnnoise, RnnoiseWorkletNode } from "@sapphi-red/web-noise-suppressor";
import worklet from "@sapphi-red/web-noise-suppressor/rnnoiseWorklet.js?url";
import wasm from "@sapphi-red/web-noise-suppressor/rnnoise.wasm?url";
import simd from "@sapphi-red/web-noise-suppressor/rnnoise_simd.wasm?url";
import type { Filtered } from "./voice";

const RATE = 48_000; // Hz: what the filter was trained on
const WINDOW = 16_384; // samples in one look, a third of a second
const LOOK = 340; // ms between two looks at what comes out
const LOUD = 0.005; // of full scale: something is there to be heard
const DEAD_AFTER = 4; // looks that heard something go in, and nothing come out since

/**
 * This sound without the noise around it (RNNoise, in this page). Loaded once it is asked for. Rejects where it can't run;
 * `dead` is called where something goes in and nothing at all comes out, for then nobody would be heard.
 */
export async function quieted(sound: MediaStreamTrack, dead: () => void): Promise<Filtered> {
  const context = new AudioContext({ sampleRate: RATE });
  try {
    const wasmBinary = await loadRnnoise({ url: wasm, simdUrl: simd });
    await context.audioWorklet.addModule(worklet);
    const filter = new RnnoiseWorkletNode(context, { wasmBinary, maxChannels: 1 });
    const out = context.createMediaStreamDestination();
    const source = context.createMediaStreamSource(new MediaStream([sound]));
    source.connect(filter).connect(out);
    const [track] = out.stream.getAudioTracks();
    if (!track) throw new Error("no track");
    const unwatch = watched(source, filter, dead);
    return {
      track,
      resume: () => void context.resume(),
      stop: () => {
        unwatch();
        track.stop();
        filter.destroy();
        void context.close();
      },
    };
  } catch (error) {
    void context.close();
    throw error;
  }
}

function watched(before: AudioNode, after: AudioNode, dead: () => void): () => void {
  const [comes, goes] = [listener(before), listener(after)];
  let silent = 0;
  const timer = setInterval(() => {
    if (goes() > 0) silent = 0;
    else if (comes() > LOUD) silent += 1;
    if (silent >= DEAD_AFTER) dead();
  }, LOOK);
  return () => clearInterval(timer);
}

/** The loudest sample just now. */
function listener(node: AudioNode): () => number {
  const analyser = node.context.createAnalyser();
  analyser.fftSize = WINDOW;
  node.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  return () => {
    analyser.getFloatTimeDomainData(samples);
    return samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  };
}
