// A GGUF model: one file, or the parts of a split set, as one list of tensors.
import { AppError } from '../../shared/errors';
import { digestHex } from '../digest';
import { badMetadata } from './byteReader';
import { readHeader, type GgufHeader } from './ggufHeader';
import type { GgufTensor, Metadata, WeightSource } from '../types';

export interface GgufFile {
  metadata: Metadata;
  tensors: Map<string, GgufTensor>;
  /** Bytes of all parts. */
  totalBytes: number;
  /** Digests of each part's header and last TAIL_BYTES, in order of the parts. */
  digests: string[];
  /** Float matrices are quantised during the import; absent: every tensor keeps its precision. */
  quantize?: 'q4';
}

/** Bytes read at the end of each file to identify it. */
export const TAIL_BYTES = 64 * 1024;

interface Part {
  source: WeightSource;
  header: GgufHeader;
}

/**
 * Opens a model by reading the header and the last TAIL_BYTES of each file.
 * @param sources one file, or the parts of a split set in any order (sorted by split.no).
 * @throws AppError 'split-incomplete' and the errors of readHeader.
 */
export async function openGguf(sources: WeightSource[], signal?: AbortSignal): Promise<GgufFile> {
  if (sources.length === 0)
    throw new AppError('bad-request', 'No model file was given.', { field: 'files', why: 'empty' });
  const parts = await Promise.all(
    sources.map(async (source) => ({ source, header: await readHeader(source, signal) })),
  );
  const ordered = orderParts(parts);
  const tensors = new Map<string, GgufTensor>();
  for (const { source, header } of ordered) {
    for (const info of header.tensors) {
      if (tensors.has(info.name))
        throw badMetadata(info.name, `is in two parts, the second being ${source.name}`);
      tensors.set(info.name, { ...info, source });
    }
  }
  const metadata = ordered[0].header.metadata;
  const expected = metadata['split.tensors.count'];
  if (ordered.length > 1 && typeof expected === 'number' && expected !== tensors.size) {
    throw badMetadata('split.tensors.count', `is ${expected}, but the parts hold ${tensors.size} tensors`);
  }
  const sizes = await Promise.all(ordered.map(({ source }) => source.byteLength(signal)));
  const totalBytes = sizes.reduce((sum, bytes) => sum + bytes, 0);
  const digests = await Promise.all(ordered.map((part, i) => digestPart(part, sizes[i], signal)));
  return { metadata, tensors, totalBytes, digests };
}

/** Digest of header and tail: fine-tunes of one model often have identical headers. */
async function digestPart(
  { source, header }: Part,
  fileBytes: number,
  signal?: AbortSignal,
): Promise<string> {
  const tailBytes = Math.min(TAIL_BYTES, fileBytes);
  const tail = await source.read(fileBytes - tailBytes, tailBytes, signal);
  return (await digestHex(header.bytes)) + (await digestHex(tail));
}

/** Identifies the content without reading all of it: 16 hex digits of a digest over size, headers and file ends. */
export async function modelId({ totalBytes, digests }: GgufFile): Promise<string> {
  const identity = new TextEncoder().encode([totalBytes, ...digests].join(' '));
  return (await digestHex(identity)).slice(0, 16);
}

const SPLIT_NAME = /-(\d{5})-of-(\d{5})(?=\.gguf)/;

/** Parts of one model, each at least tens of megabytes: more are no model that runs here. */
const MAX_PARTS = 500;

/**
 * URLs of all parts of a split set, given any of them; [url] if the name is not that of a split set.
 * @throws AppError 'bad-metadata' for more than MAX_PARTS parts.
 */
export function splitUrls(url: string): string[] {
  const match = SPLIT_NAME.exec(url);
  if (!match) return [url];
  if (Number(match[2]) > MAX_PARTS)
    throw badMetadata(match[0].slice(1), `names ${Number(match[2])} parts, more than ${MAX_PARTS}`);
  const number = (part: number): string => String(part).padStart(5, '0');
  return Array.from({ length: Number(match[2]) }, (_, i) =>
    url.replace(SPLIT_NAME, `-${number(i + 1)}-of-${match[2]}`),
  );
}

function orderParts(parts: Part[]): Part[] {
  const count = splitCount(parts[0]);
  const byNumber = new Map<number, Part>();
  for (const part of parts) {
    const number = count > 1 ? splitNumber(part) : 0;
    if (splitCount(part) !== count || byNumber.has(number)) {
      throw badMetadata(
        'split.no',
        `of ${part.source.name} does not fit the other files; give the parts of one model`,
      );
    }
    byNumber.set(number, part);
  }
  const missing = Array.from({ length: count }, (_, i) => i + 1).filter(
    (number) => !byNumber.has(number - 1),
  );
  if (missing.length > 0) {
    const numbers = missing.join(', ');
    const message = `This model comes in ${count} files; missing: ${numbers}. Give all of them together.`;
    throw new AppError('split-incomplete', message, { missing: numbers, count });
  }
  return [...byNumber].toSorted(([a], [b]) => a - b).map(([, part]) => part);
}

function splitCount({ header }: Part): number {
  const count = header.metadata['split.count'];
  if (count === undefined || count === 0) return 1;
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 0 || count > MAX_PARTS)
    throw badMetadata('split.count', `is ${String(count)}, not a number of parts up to ${MAX_PARTS}`);
  return count;
}

function splitNumber({ header }: Part): number {
  const number = header.metadata['split.no'];
  const count = Number(header.metadata['split.count']);
  if (typeof number === 'number' && Number.isInteger(number) && number >= 0 && number < count) return number;
  throw badMetadata('split.no', `is ${String(number)}, not 0 to ${count - 1}`);
}
