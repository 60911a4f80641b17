/**
 * A TensorFlow Lite file (a flatbuffer) as what is computed, in order: just enough of the format for the model that tells
 * a person from the room behind. Anything else in a file is refused, for a wrong guess here would show a room.
 */

export type Kind = "add" | "conv" | "depthwise" | "logistic" | "mul" | "relu" | "resize" | "unpool" | "mean" | "hardSwish";

/** One step: `inputs` and `output` are places among the model's tensors; -1 stands for none. */
export interface Step {
  readonly kind: Kind;
  readonly inputs: readonly number[];
  readonly output: number;
  /** How far a window moves, in pixels. */
  readonly stride: number;
  /** Whether a window may reach beyond the edge. */
  readonly pad: "same" | "valid";
}

export interface Weights {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface Model {
  readonly input: number;
  readonly output: number;
  /** Rows and columns of the picture that goes in. */
  readonly size: readonly [number, number];
  readonly weights: ReadonlyMap<number, Weights>;
  readonly steps: readonly Step[];
}

const DEQUANTIZE = 6;
const CUSTOM = 32;
const UNPOOL = "Convolution2DTransposeBias";
const KINDS: ReadonlyMap<number, Kind> = new Map([
  [0, "add"],
  [1, "mean"], // an average over the whole picture, in the model for upright ones
  [3, "conv"],
  [4, "depthwise"],
  [14, "logistic"],
  [18, "mul"],
  [19, "relu"],
  [23, "resize"],
  [40, "mean"],
  [117, "hardSwish"],
] as const);
const [FLOAT32, FLOAT16] = [0, 1];
const WINDOWED: ReadonlySet<Kind> = new Set(["conv", "depthwise"]);

/** @throws {Error} where the file has something that isn't known here. */
export function read(file: ArrayBuffer): Model {
  const root = Table.root(new DataView(file));
  const [graph] = root.tables(2);
  if (!graph) throw new Error("no graph");
  const [codes, buffers, tensors] = [root.tables(1), root.tables(4), graph.tables(0)];
  const weights = new Map<number, Weights>();
  tensors.forEach((tensor, n) => {
    const data = buffers[tensor.number(2)]?.bytes(0);
    const values = data?.byteLength ? floats(data, tensor.byte(1)) : null;
    if (values) weights.set(n, { shape: tensor.numbers(0), values });
  });
  const steps: Step[] = [];
  for (const operator of graph.tables(3)) {
    const code = codes[operator.number(0)];
    const [inputs, [output = -1]] = [operator.numbers(1), operator.numbers(2)];
    if (code?.byte(0) === DEQUANTIZE) {
      const packed = weights.get(inputs[0] ?? -1); // weights of half precision, unpacked as they are read
      if (packed) weights.set(output, packed);
    } else {
      const kind = kindOf(code);
      steps.push({ kind, inputs, output, ...windowOf(kind, operator) });
    }
  }
  const [input = -1] = graph.numbers(1);
  const [, height = 0, width = 0] = tensors[input]?.numbers(0) ?? [];
  return { input, output: graph.numbers(2)[0] ?? -1, size: [height, width], weights, steps };
}

function kindOf(code: Table | undefined): Kind {
  const number = Math.max(code?.byte(0) ?? -1, code?.number(3) ?? -1); // the newer field, for numbers above a byte's
  const kind = number === CUSTOM && code?.text(1) === UNPOOL ? "unpool" : KINDS.get(number);
  if (!kind) throw new Error(`unknown operator ${number}`);
  return kind;
}

function windowOf(kind: Kind, operator: Table): Pick<Step, "stride" | "pad"> {
  if (kind === "unpool") {
    const [padding, width = 0, height] = words(operator.bytes(5));
    if (padding !== 1 || width !== height) throw new Error("unknown unpooling");
    return { stride: width, pad: "same" };
  }
  const options = WINDOWED.has(kind) ? operator.table(4) : null;
  if (!options) return { stride: 1, pad: "same" };
  const stride = options.number(1);
  if (stride !== options.number(2)) throw new Error("unknown window");
  return { stride, pad: options.byte(0) === 0 ? "same" : "valid" };
}

/** Weights as numbers; null for what isn't a float. */
function floats(data: DataView, type: number): Float32Array | null {
  if (type === FLOAT32) return Float32Array.from({ length: data.byteLength / 4 }, (_, n) => data.getFloat32(n * 4, true));
  if (type === FLOAT16) return Float32Array.from({ length: data.byteLength / 2 }, (_, n) => half(data.getUint16(n * 2, true)));
  return null;
}

function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const [exponent, rest] = [(bits >> 10) & 0x1f, bits & 0x3ff];
  return sign * (exponent === 0 ? rest * 2 ** -24 : (1 + rest / 1024) * 2 ** (exponent - 15));
}

function words(data: DataView): readonly number[] {
  return Array.from({ length: data.byteLength >> 2 }, (_, n) => data.getUint32(n * 4, true));
}

/** A table of a flatbuffer; a field that a file leaves out is 0, or empty. */
class Table {
  private constructor(
    private readonly view: DataView,
    private readonly at: number,
  ) {}

  static root(view: DataView): Table {
    return new Table(view, view.getUint32(0, true));
  }

  byte(field: number): number {
    const at = this.#field(field);
    return at ? this.view.getInt8(at) : 0;
  }

  number(field: number): number {
    const at = this.#field(field);
    return at ? this.view.getInt32(at, true) : 0;
  }

  numbers(field: number): readonly number[] {
    const [start, length] = this.#vector(field);
    return Array.from({ length }, (_, n) => this.view.getInt32(start + n * 4, true));
  }

  bytes(field: number): DataView {
    const [start, length] = this.#vector(field);
    return new DataView(this.view.buffer, this.view.byteOffset + start, length);
  }

  text(field: number): string {
    return new TextDecoder().decode(this.bytes(field));
  }

  table(field: number): Table | null {
    const at = this.#field(field);
    return at ? new Table(this.view, at + this.view.getUint32(at, true)) : null;
  }

  tables(field: number): readonly Table[] {
    const [start, length] = this.#vector(field);
    return Array.from({ length }, (_, n) => new Table(this.view, start + n * 4 + this.view.getUint32(start + n * 4, true)));
  }

  #field(field: number): number {
    const list = this.at - this.view.getInt32(this.at, true);
    const entry = 4 + field * 2;
    const offset = entry < this.view.getUint16(list, true) ? this.view.getUint16(list + entry, true) : 0;
    return offset && this.at + offset;
  }

  #vector(field: number): readonly [number, number] {
    const at = this.#field(field);
    if (!at) return [0, 0];
    const start = at + this.view.getUint32(at, true);
    return [start + 4, this.view.getUint32(start, true)];
  }
}
