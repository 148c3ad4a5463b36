// The knowledge/ folder of a .glmagent: base.json (files, vectors' model), chunks.json, index.bin, vectors.bin.
import { strFromU8, strToU8 } from 'fflate';
import { indexChunks, type KnowledgeBase } from '../base';
import { indexFromBytes, indexToBytes } from '../index/bytes';
import type { DocumentKind } from '../../documents/types';
import type { Chunk, KnownFile, Vectors } from '../types';
import { damaged } from './zip';

const BASE = 'knowledge/base.json';
const CHUNKS = 'knowledge/chunks.json';
const INDEX = 'knowledge/index.bin';
const VECTORS = 'knowledge/vectors.bin';

type Parts = Record<string, Uint8Array>;
type Json = Record<string, unknown>;

export function knowledgeParts({ files, chunks, index, vectors }: KnowledgeBase): Parts {
  const base = { files, ...(vectors && { vectors: { model: vectors.model, dimension: vectors.dimension } }) };
  const rows = chunks.map(({ file, page = 0, title, text }) => [file, page, title, text]);
  return {
    [BASE]: strToU8(JSON.stringify(base)),
    [CHUNKS]: strToU8(`[${rows.map((row) => JSON.stringify(row)).join(',\n')}]`),
    [INDEX]: indexToBytes(index),
    ...(vectors && { [VECTORS]: new Uint8Array(vectors.values.buffer, vectors.values.byteOffset, vectors.values.length) }), // prettier-ignore
  };
}

export function jsonPart(parts: Parts, part: string, name: string): unknown {
  try {
    return JSON.parse(strFromU8(parts[part]).replace(/^\ufeff/, '')) as unknown;
  } catch (error) {
    throw damaged(name, part, parts[part] ? 'no valid JSON' : 'it is missing', error);
  }
}

/**
 * The knowledge in the parts of a file; undefined without any. An index of another version is made again.
 * @throws AppError agent-damaged
 */
export function knowledgeOf(parts: Parts, name: string): KnowledgeBase | undefined {
  if (!parts[BASE] && !parts[CHUNKS]) return undefined;
  const base = jsonPart(parts, BASE, name) as Json | null;
  const rows = jsonPart(parts, CHUNKS, name);
  if (!Array.isArray(base?.files)) throw damaged(name, `${BASE}: files`, 'a list was expected');
  if (!Array.isArray(rows)) throw damaged(name, CHUNKS, 'a list was expected');
  const files = base.files.map((file, i) => fileOf(file, i, name));
  const chunks = rows.map((row, i) => chunkOf(row, i, files.length, name));
  const index = (parts[INDEX] && indexFromBytes(parts[INDEX], chunks.length)) ?? indexChunks(files, chunks);
  const vectors = vectorsOf(base.vectors, parts[VECTORS], chunks.length, name);
  return { files, chunks, index, ...(vectors && { vectors }) };
}

function fileOf(value: unknown, i: number, name: string): KnownFile {
  const { name: file, kind, pages, encoding } = (value ?? {}) as Json;
  if (typeof file !== 'string' || typeof kind !== 'string')
    throw damaged(name, `${BASE}: files[${i}]`, 'a name and a kind were expected');
  return {
    name: file,
    kind: kind as DocumentKind,
    ...(typeof pages === 'number' && { pages }),
    ...(typeof encoding === 'string' && { encoding }),
  };
}

function chunkOf(value: unknown, i: number, numFiles: number, name: string): Chunk {
  const [file, page, title, text] = Array.isArray(value) ? (value as unknown[]) : [];
  const isChunk =
    Number.isInteger(file) && (file as number) >= 0 && (file as number) < numFiles &&
    Number.isInteger(page) && (page as number) >= 0 && typeof title === 'string' && typeof text === 'string'; // prettier-ignore
  if (!isChunk) throw damaged(name, `${CHUNKS}: [${i}]`, 'file, page, title and text were expected');
  return { file: file as number, ...(page !== 0 && { page: page as number }), title, text };
}

function vectorsOf(
  value: unknown,
  bytes: Uint8Array | undefined,
  numChunks: number,
  name: string,
): Vectors | undefined {
  if (value === undefined || value === null) return undefined;
  const { model, dimension } = value as Json;
  if (
    typeof model !== 'string' ||
    typeof dimension !== 'number' ||
    !isVectors(bytes?.length, numChunks, dimension)
  )
    throw damaged(name, VECTORS, 'vectors of the chunks were expected');
  return { model, dimension, values: new Int8Array((bytes as Uint8Array).slice().buffer) };
}

/** Whether so many bytes are the vectors of all chunks, or of the first ones. */
const isVectors = (length: number | undefined, numChunks: number, dimension: number): boolean =>
  length !== undefined && dimension > 0 && length % dimension === 0 && length <= numChunks * dimension;
