import * as tf from "@tensorflow/tfjs-core";
import { type Model, type Step, type Weights } from "./model";

/** What a model says of a picture: how surely each pixel is a person's, 0 to 1, row by row. */
export type Net = (picture: Float32Array) => Float32Array;

/** The model, ready to run on the backend that is set up; its weights are held from here on. */
export function netOf(model: Model): Net {
  const [height, width] = model.size;
  const consts = new Map([...model.weights].map(([n, one]) => [n, constant(n, one, model)] as const));
  return (picture) =>
    tf.tidy(() => {
      const values = new Map<number, tf.Tensor4D>([[model.input, tf.tensor4d(picture, [1, height, width, 3])]]);
      const of = (n: number) => (values.get(n) ?? consts.get(n)) as tf.Tensor4D;
      for (const step of model.steps) values.set(step.output, done(step, step.inputs.map(of)));
      return of(model.output).dataSync() as Float32Array;
    });
}

/** Weights in the order that the library has them: [rows, columns, in, out] instead of [out, rows, columns, in]. */
function constant(n: number, { shape, values }: Weights, model: Model): tf.Tensor {
  const used = model.steps.find((step) => step.inputs[1] === n);
  const whole = tf.tensor(values, [...shape]);
  if (used?.kind === "conv" || used?.kind === "depthwise") return tf.transpose(whole, [1, 2, 3, 0]);
  if (used?.kind === "unpool") return tf.transpose(whole, [1, 2, 0, 3]);
  return whole;
}

function done({ kind, stride, pad }: Step, [x, y, z]: readonly tf.Tensor4D[]): tf.Tensor4D {
  if (!x) throw new Error("nothing to work on");
  switch (kind) {
    case "relu":
      return tf.relu(x);
    case "logistic":
      return tf.sigmoid(x);
    case "hardSwish":
      return tf.mul(x, tf.mul(tf.relu6(tf.add(x, 3)), 1 / 6));
    case "mean":
      return tf.mean(x, [1, 2], true);
    case "resize":
      return tf.image.resizeBilinear(x, [x.shape[1] * 2, x.shape[2] * 2], false, true);
  }
  if (!y) throw new Error("one is missing");
  switch (kind) {
    case "add":
      return tf.add(x, y);
    case "mul":
      return tf.mul(x, y);
    case "conv":
      return tf.fused.conv2d({ x, filter: y, strides: stride, pad, ...(z && { bias: z }) });
    case "depthwise":
      return tf.fused.depthwiseConv2d({ x, filter: y, strides: stride, pad, ...(z && { bias: z }) });
    case "unpool": {
      const out = tf.conv2dTranspose(x, y, [1, x.shape[1] * stride, x.shape[2] * stride, y.shape[2]], stride, "same");
      return z ? tf.add(out, z) : out;
    }
  }
}
