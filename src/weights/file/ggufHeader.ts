// The header of a GGUF file, version 2 or 3: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
import { AppError } from '../../shared/errors';
import { badMetadata, ByteReader, SCALAR_BYTES } from './byteReader';
import { ggmlType } from './ggmlTypes';
import { alienFormat } from './magic';
import { truncated } from './truncation';
import type { Metadata, MetadataValue, WeightSource } from '../types';

export interface TensorInfo {
  name: string;
  /** Upper-case ggml name. */
  type: string;
  /** PyTorch order: [rows, cols]. */
  shape: number[];
  /** Absolute offset in the file. */
  offset: number;
  byteLength: number;
}

export interface GgufHeader {
  version: number;
  metadata: Metadata;
  tensors: TensorInfo[];
  /** Bytes of the header up to the padding before the first tensor: part of the model's identity. */
  bytes: Uint8Array<ArrayBuffer>;
}

const MAX_KEY_BYTES = 65535;
const MAX_NAME_BYTES = 64;
const MAX_ARRAY_DEPTH = 8;
const [STRING, ARRAY] = [8, 9];
const DEFAULT_ALIGNMENT = 32;
/** Tensors, or metadata keys, of one file: GLM-4-9B has 523 and 30. */
const MAX_ENTRIES = 65_536;
/** The shortest entries that GGUF can hold: an empty name with one number, a tensor of one dimension, an array. */
const [METADATA_BYTES, TENSOR_INFO_BYTES, NESTED_ARRAY_BYTES] = [13, 32, 12];

/**
 * Reads the header of `source` in ranges of doubling size until it is complete.
 * @throws AppError not-gguf, gguf-version, file-truncated, bad-metadata, unsupported-tensor-type; errors of the source.
 */
export async function readHeader(source: WeightSource, signal?: AbortSignal): Promise<GgufHeader> {
  const fileBytes = await source.byteLength(signal);
  const reader = new ByteReader(fileBytes, (from, until) => source.read(from, until - from, signal));
  await reader.entry(() => readMagic(reader, fileBytes));
  reader.section = 'counts';
  const { version, tensorCount, metadataCount } = await reader.entry(() => readCounts(reader, fileBytes));
  const metadata = await readMetadata(reader, metadataCount);
  const raw = await readTensorInfos(reader, tensorCount);
  const alignment = alignmentOf(metadata);
  const dataStart = Math.ceil(reader.position / alignment) * alignment;
  const tensors = raw.map((info) => placeTensor(info, dataStart, alignment));
  checkExtents(tensors, fileBytes);
  return { version, metadata, tensors, bytes: reader.bytes.slice(0, reader.position) };
}

function readMagic(reader: ByteReader, fileBytes: number): void {
  reader.need(Math.min(4, fileBytes));
  for (const [i, byte] of [0x47, 0x47, 0x55, 0x46].entries()) {
    if (i < fileBytes && reader.bytes[i] !== byte) throw alienFormat(reader.bytes); // GGUF
  }
  reader.need(4);
  reader.position += 4;
}

function readCounts(
  reader: ByteReader,
  fileBytes: number,
): { version: number; tensorCount: number; metadataCount: number } {
  const version = reader.u32();
  checkVersion(version);
  const [tensorCount, metadataCount] = [reader.u64(), reader.u64()];
  for (const [what, count] of [
    ['tensors', tensorCount],
    ['metadata keys', metadataCount],
  ] as const) {
    if (count > MAX_ENTRIES) throw badMetadata(what, `are ${count}, more than ${MAX_ENTRIES}`);
  }
  const neededBytes = reader.position + tensorCount * TENSOR_INFO_BYTES + metadataCount * METADATA_BYTES;
  if (neededBytes > fileBytes) throw truncated('counts', neededBytes, fileBytes);
  return { version, tensorCount, metadataCount };
}

function checkVersion(version: number): void {
  if (version === 2 || version === 3) return;
  const swapped = version % 65536 === 0 && version !== 0;
  const what = swapped ? 'It is a big-endian build.' : 'Convert the model again with a current llama.cpp.';
  throw new AppError('gguf-version', `GGUF version ${version}; this engine reads 2 and 3. ${what}`, {
    version,
  });
}

async function readMetadata(reader: ByteReader, count: number): Promise<Metadata> {
  reader.section = 'metadata';
  const entries = new Map<string, MetadataValue>();
  for (let i = 0; i < count; i++) {
    const [key, value] = await reader.entry(() => {
      const name = readName(reader, MAX_KEY_BYTES, `metadata key ${i}`);
      return [name, readValue(reader, reader.u32(), name, 0)];
    });
    if (entries.has(key)) throw badMetadata(key, 'appears twice');
    entries.set(key, value);
  }
  return Object.fromEntries(entries);
}

function readValue(reader: ByteReader, type: number, key: string, depth: number): MetadataValue {
  if (type in SCALAR_BYTES) return reader.scalar(type);
  if (type === STRING) return reader.string();
  if (type !== ARRAY) throw badMetadata(key, `has value type ${type}; GGUF defines 0 to 12`);
  if (depth === MAX_ARRAY_DEPTH) throw badMetadata(key, `nests arrays deeper than ${MAX_ARRAY_DEPTH}`);
  const elementType = reader.u32();
  const count = reader.u64();
  if (elementType === STRING) return reader.strings(count, key);
  reader.needArray(count, SCALAR_BYTES[elementType] ?? NESTED_ARRAY_BYTES, key); // before the loop: a hostile count must not run
  const values: MetadataValue[] = [];
  for (let i = 0; i < count; i++) values.push(readValue(reader, elementType, key, depth + 1));
  return values;
}

interface RawInfo {
  name: string;
  dims: number[]; // fastest first
  typeId: number;
  offset: number; // from the data section
}

async function readTensorInfos(reader: ByteReader, count: number): Promise<RawInfo[]> {
  reader.section = 'tensor infos';
  const infos = new Map<string, RawInfo>();
  for (let i = 0; i < count; i++) {
    const info = await reader.entry(() => readTensorInfo(reader, i));
    if (infos.has(info.name)) throw badMetadata(info.name, 'is the name of two tensors');
    infos.set(info.name, info);
  }
  return [...infos.values()];
}

function readTensorInfo(reader: ByteReader, index: number): RawInfo {
  const name = readName(reader, MAX_NAME_BYTES, `tensor ${index}`);
  const numDims = reader.u32();
  if (numDims < 1 || numDims > 4) throw badMetadata(name, `has ${numDims} dimensions; GGUF allows 1 to 4`);
  const dims = Array.from({ length: numDims }, () => reader.u64());
  return { name, dims, typeId: reader.u32(), offset: reader.u64() };
}

function readName(reader: ByteReader, maxBytes: number, what: string): string {
  const start = reader.position;
  const length = reader.u64();
  reader.position = start;
  reader.need(8 + length); // a truncated file is reported as truncated first
  if (length > maxBytes) throw badMetadata(what, `is ${length} bytes long, more than ${maxBytes}`);
  return reader.string();
}

function alignmentOf(metadata: Metadata): number {
  const alignment = metadata['general.alignment'] ?? DEFAULT_ALIGNMENT;
  const isPowerOfTwo = typeof alignment === 'number' && Number.isInteger(Math.log2(alignment));
  if (!isPowerOfTwo || alignment < 1 || alignment > 2 ** 30) {
    throw badMetadata('general.alignment', `is ${String(alignment)}, not a power of two`);
  }
  return alignment;
}

function placeTensor(
  { name, dims, typeId, offset }: RawInfo,
  dataStart: number,
  alignment: number,
): TensorInfo {
  const type = ggmlType(typeId, name);
  const weights = dims.reduce((product, dim) => product * dim, 1);
  if (!(weights > 0 && weights <= Number.MAX_SAFE_INTEGER))
    throw badMetadata(name, `has the shape [${dims.join(', ')}]`);
  if (dims[0] % type.blockWeights !== 0) {
    throw badMetadata(
      name,
      `has rows of ${dims[0]} weights, not whole blocks of ${type.blockWeights} (${type.name})`,
    );
  }
  if (offset % alignment !== 0)
    throw badMetadata(name, `starts at offset ${offset}, not a multiple of ${alignment}`);
  const byteLength = (weights / type.blockWeights) * type.blockBytes;
  return { name, type: type.name, shape: dims.toReversed(), offset: dataStart + offset, byteLength };
}

function checkExtents(tensors: TensorInfo[], fileBytes: number): void {
  const inOrder = tensors.toSorted((a, b) => a.offset - b.offset);
  let end = 0;
  let last = '';
  for (const { name, offset, byteLength } of inOrder) {
    if (offset < end) throw badMetadata(name, `overlaps ${last}: starts at ${offset}, before ${end}`);
    end = offset + byteLength;
    last = name;
  }
  if (end > fileBytes) throw truncated('tensor data', end, fileBytes);
}
