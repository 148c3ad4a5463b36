// A GGUF version 3 writer for tests and for scripts/makeModel.ts.
// Source: ggml docs/gguf.md. It shares no code with the reader in src/weights, which it tests.

/** ggml tensor types written by the tests: [id, values per block, bytes per block]. */
export const GGML_TYPES = {
  F32: [0, 1, 4],
  F16: [1, 1, 2],
  Q4_0: [2, 32, 18],
  Q4_1: [3, 32, 20],
  Q5_0: [6, 32, 22],
  Q5_1: [7, 32, 24],
  Q8_0: [8, 32, 34],
  Q2_K: [10, 256, 84],
  Q3_K: [11, 256, 110],
  Q4_K: [12, 256, 144],
  Q5_K: [13, 256, 176],
  Q6_K: [14, 256, 210],
  IQ4_NL: [20, 32, 18],
  IQ4_XS: [23, 256, 136],
  BF16: [30, 1, 2],
} as const satisfies Record<string, readonly [id: number, blockWeights: number, blockBytes: number]>;
export type GgmlType = keyof typeof GGML_TYPES;

// prettier-ignore
const VALUE_TYPES = {
  u8: 0, i8: 1, u16: 2, i16: 3, u32: 4, i32: 5, f32: 6, bool: 7, string: 8, array: 9, u64: 10, i64: 11, f64: 12,
} as const;
// prettier-ignore
const SCALAR_BYTES = {
  u8: 1, i8: 1, u16: 2, i16: 2, u32: 4, i32: 4, f32: 4, bool: 1, u64: 8, i64: 8, f64: 8,
} as const;
export type GgufValueType = Exclude<keyof typeof VALUE_TYPES, 'array'>;
type Scalar = number | boolean | string;

/** A value with an explicit type; for an array, the type of the elements. */
export interface TypedValue {
  type: GgufValueType;
  value: Scalar | readonly Scalar[];
}

/**
 * A metadata value. Plain values get a default type: boolean → bool, string → string, whole number → u32 (i32 if
 * negative), other number → f32; in arrays, whole numbers → i32.
 */
export type GgufValue = Scalar | readonly Scalar[] | TypedValue;
export type GgufMetadata = Record<string, GgufValue>;

/** A tensor's entry in the header. */
export interface GgufTensorInfo {
  name: string;
  /** PyTorch order: [rows, cols]. */
  shape: readonly number[];
  type: GgmlType;
}
export interface GgufTensorData extends GgufTensorInfo {
  data: Uint8Array;
}
export interface GgufFile {
  metadata: GgufMetadata;
  tensors: readonly GgufTensorData[];
  /** Default 32; another value is also written as `general.alignment`. */
  alignment?: number;
}

/** A number with an explicit type, for keys like `rope.freq_base` whose value may be a whole number. */
export function f32(value: number): TypedValue {
  return { type: 'f32', value };
}

/** Bytes of a tensor. @throws if its rows are not whole blocks. */
export function tensorBytes(type: GgmlType, shape: readonly number[]): number {
  const [, blockWeights, blockBytes] = GGML_TYPES[type];
  const cols = shape[shape.length - 1];
  if (cols % blockWeights) throw new Error(`a row of ${cols} is not a multiple of ${blockWeights} (${type})`);
  return (shape.reduce((product, size) => product * size, 1) / blockWeights) * blockBytes;
}

/** A tensor's position in the file; zeros follow its bytes up to `paddedBytes`. */
export interface GgufPlacement {
  name: string;
  /** Absolute offset in the file. */
  offset: number;
  byteLength: number;
  paddedBytes: number;
}

/** The header and the layout of the tensor data, for files too large for memory. */
export interface GgufHeader {
  /** The header, padded to the offset of the first tensor. */
  bytes: Uint8Array;
  placements: GgufPlacement[];
  /** Size of the whole file. */
  totalBytes: number;
}

/** The header of a file with these tensors; the caller then writes their data in this order. */
export function ggufHeader(
  metadata: GgufMetadata,
  tensors: readonly GgufTensorInfo[],
  alignment = 32,
): GgufHeader {
  const keys: GgufMetadata = alignment === 32 ? metadata : { ...metadata, 'general.alignment': alignment };
  const writer = new ByteWriter();
  writer.raw(new TextEncoder().encode('GGUF'));
  writer.scalar('u32', 3);
  writer.scalar('u64', tensors.length);
  writer.scalar('u64', Object.keys(keys).length);
  for (const [key, value] of Object.entries(keys)) {
    writer.scalar('string', key);
    writeValue(writer, value);
  }
  const placements: GgufPlacement[] = [];
  let dataBytes = 0;
  for (const { name, shape, type } of tensors) {
    writer.scalar('string', name);
    writer.scalar('u32', shape.length);
    for (const size of [...shape].reverse()) writer.scalar('u64', size); // GGUF lists the fastest dimension first
    writer.scalar('u32', GGML_TYPES[type][0]);
    writer.scalar('u64', dataBytes);
    const byteLength = tensorBytes(type, shape);
    const paddedBytes = alignTo(byteLength, alignment);
    placements.push({ name, offset: dataBytes, byteLength, paddedBytes });
    dataBytes += paddedBytes;
  }
  writer.raw(new Uint8Array(alignTo(writer.length, alignment) - writer.length));
  const bytes = writer.take();
  for (const placement of placements) placement.offset += bytes.length;
  return { bytes, placements, totalBytes: bytes.length + dataBytes };
}

/** A whole file in memory. */
export function writeGguf({ metadata, tensors, alignment }: GgufFile): Uint8Array {
  const header = ggufHeader(metadata, tensors, alignment);
  const file = new Uint8Array(header.totalBytes);
  file.set(header.bytes);
  header.placements.forEach(({ name, offset, byteLength }, i) => {
    const { data } = tensors[i];
    if (data.length !== byteLength) throw new Error(`${name}: got ${data.length} bytes, want ${byteLength}`);
    file.set(data, offset);
  });
  return file;
}

/** The same model as `parts` files, named `{prefix}-00001-of-0000N.gguf`; only the first carries the metadata. */
export function splitGguf(
  { metadata, tensors, alignment }: GgufFile,
  { prefix, parts }: { prefix: string; parts: number },
): { name: string; bytes: Uint8Array }[] {
  const number = (n: number): string => String(n).padStart(5, '0');
  return Array.from({ length: parts }, (_, part) => ({
    name: `${prefix}-${number(part + 1)}-of-${number(parts)}.gguf`,
    bytes: writeGguf({
      metadata: {
        ...(part === 0 ? metadata : {}),
        'split.no': { type: 'u16', value: part },
        'split.count': { type: 'u16', value: parts },
        'split.tensors.count': { type: 'i32', value: tensors.length },
      },
      tensors: tensors.slice(
        Math.floor((part * tensors.length) / parts),
        Math.floor(((part + 1) * tensors.length) / parts),
      ),
      alignment,
    }),
  }));
}

function writeValue(writer: ByteWriter, value: GgufValue): void {
  const { type, value: plain } = isTyped(value) ? value : { type: inferType(value), value };
  if (isArray(plain)) {
    writer.scalar('u32', VALUE_TYPES.array);
    writer.scalar('u32', VALUE_TYPES[type]);
    writer.scalar('u64', plain.length);
    for (const element of plain) writer.scalar(type, element);
  } else {
    writer.scalar('u32', VALUE_TYPES[type]);
    writer.scalar(type, plain);
  }
}

function isArray(value: GgufValue): value is readonly Scalar[] {
  return Array.isArray(value);
}

function isTyped(value: GgufValue): value is TypedValue {
  return typeof value === 'object' && 'type' in value;
}

function inferType(value: Scalar | readonly Scalar[]): GgufValueType {
  if (isArray(value)) {
    if (!value.every((element) => typeof element === 'number')) return inferType(value[0]);
    return value.every(Number.isInteger) ? 'i32' : 'f32';
  }
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  if (!Number.isInteger(value)) return 'f32';
  return value < 0 ? 'i32' : 'u32';
}

function alignTo(offset: number, alignment: number): number {
  return Math.ceil(offset / alignment) * alignment;
}

/** A growing buffer, little-endian. */
class ByteWriter {
  private buffer = new Uint8Array(1 << 16);
  private view = new DataView(this.buffer.buffer);
  private readonly encoder = new TextEncoder();
  length = 0;

  raw(bytes: Uint8Array): void {
    const at = this.reserve(bytes.length); // first: it may replace the buffer
    this.buffer.set(bytes, at);
  }

  scalar(type: GgufValueType, value: Scalar): void {
    if (type === 'string') {
      const bytes = this.encoder.encode(String(value));
      this.scalar('u64', bytes.length);
      return this.raw(bytes);
    }
    const n = Number(value);
    const at = this.reserve(SCALAR_BYTES[type]); // first: it may replace the view
    switch (type) {
      case 'u8':
      case 'i8':
      case 'bool':
        return this.view.setUint8(at, n);
      case 'u16':
      case 'i16':
        return this.view.setUint16(at, n, true);
      case 'u32':
      case 'i32':
        return this.view.setUint32(at, n, true);
      case 'u64':
      case 'i64':
        return this.view.setBigInt64(at, BigInt(n), true);
      case 'f32':
        return this.view.setFloat32(at, n, true);
      case 'f64':
        return this.view.setFloat64(at, n, true);
    }
  }

  take(): Uint8Array {
    return this.buffer.slice(0, this.length);
  }

  /** Reserves `byteLength` more bytes; returns their offset. */
  private reserve(byteLength: number): number {
    const at = this.length;
    this.length += byteLength;
    if (this.length > this.buffer.length) {
      const grown = new Uint8Array(Math.max(this.length, this.buffer.length * 2));
      grown.set(this.buffer);
      this.buffer = grown;
      this.view = new DataView(grown.buffer);
    }
    return at;
  }
}
