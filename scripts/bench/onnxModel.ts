// Writes ONNX models of MatMulNBits nodes as protobuf. Field numbers: onnx.proto3.

type Field = Uint8Array;

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return [...bytes, value];
}

function join(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

const int = (field: number, value: number): Field =>
  Uint8Array.from([...varint(field * 8), ...varint(value)]);
const bytes = (field: number, value: Uint8Array): Field =>
  join([Uint8Array.from([...varint(field * 8 + 2), ...varint(value.length)]), value]);
const text = (field: number, value: string): Field => bytes(field, new TextEncoder().encode(value));
const message = (field: number, ...parts: Field[]): Field => bytes(field, join(parts));

const FLOAT = 1;
const UINT8 = 2;
const INT_ATTRIBUTE = 2;

/** TensorProto: dims, data_type, name, raw_data. */
function tensor(name: string, type: number, dims: number[], data: Uint8Array): Field {
  return message(5, ...dims.map((dim) => int(1, dim)), int(2, type), text(8, name), bytes(9, data));
}

function valueInfo(field: number, name: string, dims: number[]): Field {
  const shape = message(2, ...dims.map((dim) => message(1, int(1, dim))));
  return message(field, text(1, name), message(2, message(1, int(1, FLOAT), shape)));
}

function attribute(name: string, value: number): Field {
  return message(5, text(1, name), int(3, value), int(20, INT_ATTRIBUTE));
}

export interface NBitsWeights {
  /** [N, K/32, 16]: weight 2i of a group in the low half of byte i; a code stands for code − 8. */
  codes: Uint8Array;
  /** [N, K/32] */
  scales: Float32Array;
}

export interface NBitsShape {
  M: number;
  K: number;
  N: number;
  /** 0: the provider's choice; 4: activations may be rounded to int8. */
  accuracyLevel: number;
}

/** x [M, K] float → y0, y1, … [M, N], one MatMulNBits (4 bits, groups of 32) for each set of weights. */
export function matMulNBitsModel(shape: NBitsShape, weights: NBitsWeights[]): Uint8Array<ArrayBuffer> {
  const { M, K, N, accuracyLevel } = shape;
  const nodes = weights.map((_, i) =>
    message(
      1,
      ...['x', `w${i}`, `s${i}`].map((name) => text(1, name)),
      text(2, `y${i}`),
      text(4, 'MatMulNBits'),
      ...[attribute('K', K), attribute('N', N), attribute('bits', 4), attribute('block_size', 32)],
      attribute('accuracy_level', accuracyLevel),
      text(7, 'com.microsoft'),
    ),
  );
  const initializers = weights.flatMap(({ codes, scales }, i) => [
    tensor(`w${i}`, UINT8, [N, K / 32, 16], codes),
    tensor(
      `s${i}`,
      FLOAT,
      [N * (K / 32)],
      new Uint8Array(scales.buffer, scales.byteOffset, scales.byteLength),
    ),
  ]);
  const outputs = weights.map((_, i) => valueInfo(12, `y${i}`, [M, N]));
  const graph = message(7, ...nodes, text(2, 'g'), ...initializers, valueInfo(11, 'x', [M, K]), ...outputs);
  const opset = (domain: string, version: number) => message(8, text(1, domain), int(2, version));
  return join([int(1, 8), graph, opset('', 17), opset('com.microsoft', 1)]);
}
