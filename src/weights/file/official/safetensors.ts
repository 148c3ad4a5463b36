// Reads the header of a safetensors file: 8 bytes of length, JSON, then the data. Format: the README of
// huggingface/safetensors. The checks are those of its safetensors/src/tensor.rs.
import { AppError } from '../../../shared/errors';
import { guessFormat } from '../magic';
import { truncated } from '../truncation';
import type { WeightSource } from '../../types';

/** One tensor of a file. */
export interface SafeTensor {
  name: string;
  /** As the file spells it: 'BF16', 'F16', 'F32', 'I64'… */
  dtype: string;
  /** PyTorch order: [rows, cols]. */
  shape: number[];
  /** Absolute offset in the file. */
  offset: number;
  byteLength: number;
}

export interface SafetensorsHeader {
  tensors: SafeTensor[];
  /** Length field and JSON of the header, for a digest. */
  bytes: Uint8Array<ArrayBuffer>;
  fileBytes: number;
}

/** A shard of GLM-4 needs 10 KB. The reference implementation allows 100 MB, which take seconds to parse. */
const MAX_HEADER_BYTES = 16_000_000;
const MAX_DIMS = 8;
const FIRST_READ_BYTES = 64 * 1024;
const LENGTH_BYTES = 8;

/** Bytes of one value. Types smaller than a byte are omitted: no GLM uses them. */
const DTYPE_BYTES: Record<string, number> = {
  BOOL: 1, U8: 1, I8: 1, F8_E5M2: 1, F8_E4M3: 1, U16: 2, I16: 2, F16: 2, BF16: 2, U32: 4, I32: 4, F32: 4, F64: 8,
  I64: 8, U64: 8, C64: 8,
}; // prettier-ignore

/**
 * Reads and checks the header of one file without reading its data.
 * @throws AppError 'bad-safetensors' for another format or impossible offsets, 'file-truncated' for a cut file.
 */
export async function readSafetensors(
  source: WeightSource,
  signal?: AbortSignal,
): Promise<SafetensorsHeader> {
  const fileBytes = await source.byteLength(signal);
  if (fileBytes < LENGTH_BYTES) throw truncated(`header (${source.name})`, LENGTH_BYTES, fileBytes);
  const start = await source.read(0, Math.min(FIRST_READ_BYTES, fileBytes), signal);
  const jsonBytes = Number(new DataView(start.buffer).getBigUint64(0, true));
  if (jsonBytes > MAX_HEADER_BYTES || start.at(LENGTH_BYTES) !== 0x7b) throw alien(source.name, start);
  const dataStart = LENGTH_BYTES + jsonBytes;
  if (dataStart > fileBytes) throw truncated(`header (${source.name})`, dataStart, fileBytes);
  let bytes = start.slice(0, dataStart);
  if (bytes.length < dataStart) {
    bytes = new Uint8Array(dataStart);
    bytes.set(start);
    bytes.set(await source.read(start.length, dataStart - start.length, signal), start.length);
  }
  const tensors = Object.entries(parseHeader(source.name, bytes.subarray(LENGTH_BYTES)))
    .filter(([name]) => name !== '__metadata__')
    .map(([name, entry]) => placeTensor(source.name, name, entry, dataStart));
  checkExtents(source.name, tensors, dataStart, fileBytes);
  return { tensors, bytes, fileBytes };
}

/** AppError 'bad-safetensors': the file and its problem. */
export function badSafetensors(name: string, why: string, cause?: unknown): AppError {
  const message = `${name} is not a usable safetensors file: ${why}. Download it again.`;
  return new AppError('bad-safetensors', message, { name, why }, cause);
}

function alien(name: string, start: Uint8Array): AppError {
  const found = Array.from(start.subarray(0, 9), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  const guess = guessFormat(start);
  return badSafetensors(name, `it starts with ${found}${guess && `, like ${guess}`}`);
}

function parseHeader(file: string, json: Uint8Array): Record<string, unknown> {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json)) as Record<string, unknown>;
  } catch (error) {
    throw badSafetensors(file, 'its header is not JSON', error);
  }
}

function placeTensor(file: string, name: string, entry: unknown, dataStart: number): SafeTensor {
  const { dtype, shape, data_offsets: range } = (entry ?? {}) as Record<string, unknown>;
  const isWhole = typeof dtype === 'string' && isCounts(shape) && isCounts(range);
  if (!isWhole || range.length !== 2 || shape.length > MAX_DIMS)
    throw badSafetensors(file, `its entry for ${name} is incomplete`);
  const [begin, end] = range;
  const weights = shape.reduce((product, dim) => product * dim, 1);
  const bytes = weights * (Object.hasOwn(DTYPE_BYTES, dtype) ? DTYPE_BYTES[dtype] : NaN);
  if (Number.isNaN(bytes)) throw badSafetensors(file, `${name} has the unknown type ${dtype.slice(0, 40)}`);
  if (end - begin !== bytes) {
    const what = `${dtype} [${shape.join(', ')}]`;
    throw badSafetensors(file, `${name} takes ${end - begin} bytes, but ${what} is ${bytes}`);
  }
  return { name, dtype, shape, offset: dataStart + begin, byteLength: bytes };
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && Number(n) >= 0);
}

/** Checks that the tensors tile the data without overlaps or holes. A duplicate name also leaves a hole. */
function checkExtents(file: string, tensors: SafeTensor[], dataStart: number, fileBytes: number): void {
  let end = dataStart;
  let last = 'the header';
  for (const { name, offset, byteLength } of tensors.toSorted(
    (a, b) => a.offset - b.offset || a.byteLength - b.byteLength,
  )) {
    if (offset < end) throw badSafetensors(file, `${name} overlaps ${last}`);
    if (offset > end)
      throw badSafetensors(file, `${offset - end} bytes between ${last} and ${name} are unused`);
    end = offset + byteLength;
    last = name;
  }
  if (end > fileBytes) throw truncated(`tensor data (${file})`, end, fileBytes);
  if (end < fileBytes) throw badSafetensors(file, `${fileBytes - end} bytes after ${last} are unused`);
}
