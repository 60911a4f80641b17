import tokens from "llama-tokenizer-js";
import { InferenceSession, Tensor } from "onnxruntime-web/wasm";
import { RATE } from "./lowered";

/** What a voice said, at 16 kHz from -1 to 1, in words; "" for nothing. */
export type Recogniser = (samples: Float32Array) => Promise<string>;

/** The two halves of a model in ONNX. */
export interface Model {
  readonly encoder: Uint8Array;
  readonly decoder: Uint8Array;
}

// Moonshine tiny (Jeffries et al., 2024): six layers of eight heads, and at most six tokens for a second of speech.
const LAYERS = 6;
const HEADS = 8;
const HEAD = 36;
const [BEGIN, END] = [1, 2];
const TOKENS_A_SECOND = 6;
const SHORTEST = RATE / 4; // samples: the encoder takes no less

/** The model, ready to run. */
export async function recogniserOf(model: Model): Promise<Recogniser> {
  const [encoder, decoder] = [await InferenceSession.create(model.encoder), await InferenceSession.create(model.decoder)];
  return async (samples) => {
    if (samples.length < SHORTEST) return "";
    const { last_hidden_state: sound } = await encoder.run({ input_values: new Tensor("float32", samples, [1, samples.length]) });
    if (!sound) throw new Error("the encoder says nothing");
    return tokens.decode(await said(decoder, sound, Math.ceil((samples.length / RATE) * TOKENS_A_SECOND)), false, false).trim();
  };
}

/** The likeliest token after each other, until the end of what was said. */
async function said(decoder: InferenceSession, sound: Tensor, most: number): Promise<number[]> {
  let past = nothing();
  const chosen: number[] = [];
  for (let token = BEGIN; chosen.length < most; chosen.push(token)) {
    const first = chosen.length === 0;
    const given = { input_ids: new Tensor("int64", [BigInt(token)], [1, 1]), encoder_hidden_states: sound, use_cache_branch: new Tensor("bool", [!first]) };
    const { logits, ...now } = await decoder.run({ ...given, ...past });
    token = likeliest(logits?.data as Float32Array);
    if (token === END) break;
    past = remembered(past, now, first);
  }
  return chosen;
}

function nothing(): Record<string, Tensor> {
  const names = Array.from({ length: LAYERS }, (_, n) => ["decoder", "encoder"].flatMap((half) => ["key", "value"].map((what) => `past_key_values.${n}.${half}.${what}`)));
  return Object.fromEntries(names.flat().map((name) => [name, new Tensor("float32", [], [0, HEADS, 1, HEAD])]));
}

/** What the decoder needs of what it saw: of the sound only what it made of it the first time. */
function remembered(past: Record<string, Tensor>, now: Record<string, Tensor>, first: boolean): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(past).map(([name, before]) => {
      const newer = now[name.replace("past_key_values", "present")];
      return [name, newer && (first || name.includes("decoder")) ? newer : before];
    }),
  );
}

function likeliest(values: Float32Array): number {
  let best = 0;
  for (let n = 1; n < values.length; n++) if ((values[n] ?? 0) > (values[best] ?? 0)) best = n;
  return best;
}
