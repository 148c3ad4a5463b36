// The header of a GGUF file, version 2 or 3: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
import { AppError } from '../shared/errors';
import { ByteReader, NeedBytes, SCALAR_BYTES } from './byteReader';
import { ggmlType } from './ggmlTypes';
import { alienFormat } from './magic';
import { truncated } from './truncation';
import type { Metadata, MetadataValue, WeightSource } from './types';

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
  /** The header as stored, up to the first tensor's padding: the identity of the model. */
  bytes: Uint8Array<ArrayBuffer>;
}

const FIRST_READ_BYTES = 1024 * 1024;
const MAX_HEADER_BYTES = 512 * 1024 * 1024; // GLM-4's is 10 MB; a longer one is not a header
const MAX_KEY_BYTES = 65535;
const MAX_NAME_BYTES = 64;
const MAX_ARRAY_DEPTH = 8;
const [STRING, ARRAY] = [8, 9];
const DEFAULT_ALIGNMENT = 32;

/**
 * Reads the header of `source`, doubling the range until it is whole.
 * @throws AppError not-gguf, gguf-version, file-truncated, bad-metadata, unsupported-tensor-type, and what the source throws.
 */
export async function readHeader(source: WeightSource, signal?: AbortSignal): Promise<GgufHeader> {
  const fileBytes = await source.byteLength(signal);
  let bytes = await source.read(0, Math.min(FIRST_READ_BYTES, fileBytes), signal);
  for (;;) {
    try {
      return parseHeader(bytes, fileBytes);
    } catch (error) {
      if (!(error instanceof NeedBytes)) throw error;
      if (error.untilByte > MAX_HEADER_BYTES)
        throw badMetadata('header', `runs beyond ${MAX_HEADER_BYTES} bytes`);
      const target = Math.min(fileBytes, Math.max(error.untilByte, bytes.length * 2));
      const longer = new Uint8Array(target);
      longer.set(bytes);
      longer.set(await source.read(bytes.length, target - bytes.length, signal), bytes.length);
      bytes = longer;
    }
  }
}

/**
 * Parses the first `bytes` of a file of `fileBytes` bytes.
 * @throws NeedBytes when the header is longer than `bytes`; else as {@link readHeader}.
 */
export function parseHeader(bytes: Uint8Array<ArrayBuffer>, fileBytes: number): GgufHeader {
  const reader = new ByteReader(bytes, fileBytes);
  checkMagic(bytes, reader);
  reader.section = 'counts';
  const version = reader.u32();
  checkVersion(version);
  const tensorCount = reader.u64();
  const metadataCount = reader.u64();
  const metadata = readMetadata(reader, metadataCount);
  const raw = readTensorInfos(reader, tensorCount);
  const headerBytes = reader.position;
  const alignment = alignmentOf(metadata);
  const dataStart = Math.ceil(headerBytes / alignment) * alignment;
  const tensors = raw.map((info) => placeTensor(info, dataStart, alignment));
  checkExtents(tensors, fileBytes);
  return { version, metadata, tensors, bytes: bytes.slice(0, headerBytes) };
}

function checkMagic(bytes: Uint8Array, reader: ByteReader): void {
  const magic = [0x47, 0x47, 0x55, 0x46]; // GGUF
  for (let i = 0; i < Math.min(4, bytes.length); i++) {
    if (bytes[i] !== magic[i]) throw alienFormat(bytes);
  }
  reader.need(4);
  reader.position = 4;
}

function checkVersion(version: number): void {
  if (version === 2 || version === 3) return;
  const swapped = version % 65536 === 0 && version !== 0;
  const what = swapped ? 'It is a big-endian build.' : 'Convert the model again with a current llama.cpp.';
  throw new AppError('gguf-version', `GGUF version ${version}; this engine reads 2 and 3. ${what}`, {
    version,
  });
}

function readMetadata(reader: ByteReader, count: number): Metadata {
  reader.section = 'metadata';
  const entries = new Map<string, MetadataValue>();
  for (let i = 0; i < count; i++) {
    const key = readName(reader, MAX_KEY_BYTES, `metadata key ${i}`);
    if (entries.has(key)) throw badMetadata(key, 'appears twice');
    entries.set(key, readValue(reader, reader.u32(), key, 0));
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
  if (elementType === STRING) return reader.strings(count);
  reader.need(count * (SCALAR_BYTES[elementType] ?? 1)); // before the loop: a hostile count must not run
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

function readTensorInfos(reader: ByteReader, count: number): RawInfo[] {
  reader.section = 'tensor infos';
  const infos: RawInfo[] = [];
  const names = new Set<string>();
  for (let i = 0; i < count; i++) {
    const name = readName(reader, MAX_NAME_BYTES, `tensor ${i}`);
    if (names.has(name)) throw badMetadata(name, 'is the name of two tensors');
    names.add(name);
    const numDims = reader.u32();
    if (numDims < 1 || numDims > 4) throw badMetadata(name, `has ${numDims} dimensions; GGUF allows 1 to 4`);
    const dims = Array.from({ length: numDims }, () => reader.u64());
    infos.push({ name, dims, typeId: reader.u32(), offset: reader.u64() });
  }
  return infos;
}

function readName(reader: ByteReader, maxBytes: number, what: string): string {
  const start = reader.position;
  const length = reader.u64();
  reader.position = start;
  reader.need(8 + length); // a cut file reads as truncated first
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

export function badMetadata(key: string, why: string): AppError {
  return new AppError('bad-metadata', `The GGUF header is damaged: ${key} ${why}.`, { key, why });
}
