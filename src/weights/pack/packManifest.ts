// The manifest of an exported model, read as untrusted input: every count is held against the size of the file, every
// tensor against the layout that this app would give it, and nothing but weights and metadata is taken over.
import { AppError } from '../../shared/errors';
import {
  GROUP_SIZE,
  numTiles,
  tileBytes,
  WEIGHT_FORMATS,
  type WeightFormat,
} from '../../shared/weightLayout';
import { digestHex } from '../digest';
import { LAYOUT_VERSION } from '../stored/layoutVersion';
import type { Metadata, MetadataValue, ModelManifest, PackedTensor } from '../types';

/** GLM-4's manifest has 4 MB. */
export const MAX_MANIFEST_BYTES = 64 * 1024 * 1024;
const MAX_SHARD_BYTES = 64 * 1024 * 1024;
const MAX_TENSORS = 65_536;
const MAX_NAME_CHARS = 200;
const MAX_DEPTH = 8;
const TENSOR_ALIGNMENT = 256; // twin: importPlan.ts

/**
 * The manifest of a pack. Its id is that of the content, marked as a pack: never the id of a downloaded model. Origin,
 * source and repair recipe of the exporting device are dropped, because nothing in the file proves them.
 * @param name of the file, for messages.
 * @throws AppError 'pack-invalid' with the key and what is wrong, 'pack-version'.
 */
export async function readPackManifest(json: Uint8Array, name: string): Promise<ModelManifest> {
  const check = new ManifestCheck(name);
  const raw = check.json(json);
  const layoutVersion = check.count(raw, 'layoutVersion', 1e6);
  if (layoutVersion !== LAYOUT_VERSION) throw otherVersion(name, layoutVersion, LAYOUT_VERSION);
  const shardBytes = check.count(raw, 'shardBytes', MAX_SHARD_BYTES);
  const packedBytes = check.count(raw, 'packedBytes', Number.MAX_SAFE_INTEGER);
  const content = {
    layoutVersion,
    shardBytes,
    packedBytes,
    shardDigests: check.digests(raw.shardDigests, Math.ceil(packedBytes / shardBytes)),
    tensors: check.tensors(raw.tensors, packedBytes),
    metadata: check.metadata(raw.metadata),
  };
  const identity = await digestHex(new TextEncoder().encode(JSON.stringify(content)));
  return {
    ...content,
    id: `pack-${identity.slice(0, 32)}`,
    name: check.text(raw, 'name', MAX_NAME_CHARS),
    origin: name,
    sourceBytes: check.count(raw, 'sourceBytes', Number.MAX_SAFE_INTEGER),
    importedAt: 0,
    source: null,
    fromPack: true,
  };
}

export function otherVersion(name: string, found: number, supported: number): AppError {
  const message =
    `${name} was exported by another version of this app (version ${found}, this one reads ${supported}). ` +
    'Export it again with this version, or load the model from its source.';
  return new AppError('pack-version', message, { name, found, supported });
}

/** AppError 'pack-invalid': the key of the manifest and what is wrong with it. */
export function invalidPack(name: string, key: string, why: string): AppError {
  const message = `${name} is no usable export of a model: ${key} ${why}. Export the model again.`;
  return new AppError('pack-invalid', message, { name, key, why });
}

type Fields = Record<string, unknown>;

class ManifestCheck {
  constructor(private readonly file: string) {}

  json(bytes: Uint8Array): Fields {
    let value: unknown;
    try {
      value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    } catch {
      throw this.invalid('the manifest', 'is not JSON');
    }
    return this.fields(value, 'the manifest');
  }

  count(fields: Fields, key: string, max: number): number {
    const value = fields[key];
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value <= max) return value;
    throw this.invalid(key, `is ${shown(value)}, not a whole number from 1 to ${max}`);
  }

  text(fields: Fields, key: string, maxChars: number): string {
    const value = fields[key];
    if (typeof value === 'string' && value.length <= maxChars) return value;
    throw this.invalid(key, `is ${shown(value)}, not a text of at most ${maxChars} characters`);
  }

  digests(value: unknown, count: number): string[] {
    if (!Array.isArray(value) || value.length !== count) {
      const found = Array.isArray(value) ? value.length : shown(value);
      throw this.invalid('shardDigests', `has ${found} entries for ${count} parts`);
    }
    if (value.every((digest) => typeof digest === 'string' && /^[\da-f]{64}$/.test(digest)))
      return value as string[];
    throw this.invalid('shardDigests', 'holds something that is no SHA-256');
  }

  /** The tensors, whose places must follow each other as the importer lays them out. */
  tensors(value: unknown, packedBytes: number): PackedTensor[] {
    if (!Array.isArray(value) || value.length === 0 || value.length > MAX_TENSORS)
      throw this.invalid('tensors', `is no list of 1 to ${MAX_TENSORS} tensors`);
    const names = new Set<string>();
    let end = 0;
    const tensors = value.map((entry: unknown, index) => {
      const tensor = this.tensor(this.fields(entry, `tensor ${index}`));
      if (names.has(tensor.name)) throw this.invalid(tensor.name, 'is the name of two tensors');
      names.add(tensor.name);
      const offset = Math.ceil(end / TENSOR_ALIGNMENT) * TENSOR_ALIGNMENT;
      if (tensor.offset !== offset)
        throw this.invalid(tensor.name, `is at ${tensor.offset} instead of ${offset}`);
      end = offset + tensor.byteLength;
      return tensor;
    });
    if (end !== packedBytes)
      throw this.invalid('packedBytes', `is ${packedBytes}, but the tensors end at ${end}`);
    return tensors;
  }

  private tensor(fields: Fields): PackedTensor {
    const name = this.text(fields, 'name', MAX_NAME_CHARS);
    const { kind, shape, format, interleaved, offset, byteLength } = fields;
    const isShape =
      Array.isArray(shape) && shape.every((dim) => Number.isSafeInteger(dim) && Number(dim) >= 1);
    if (!isShape || shape.length !== (kind === 'matrix' ? 2 : 1) || (kind !== 'matrix' && kind !== 'vector'))
      throw this.invalid(name, `is ${shown(kind)} ${shown(shape)}`);
    const dims = shape as number[];
    const [rows, cols] = dims;
    const isFormat = kind === 'vector' ? format === 'f32' : WEIGHT_FORMATS.some((known) => known === format);
    if (!isFormat || typeof interleaved !== 'boolean')
      throw this.invalid(name, `has the format ${shown(format)}`);
    if (kind === 'matrix' && (cols % GROUP_SIZE !== 0 || (interleaved && rows % 2 !== 0)))
      throw this.invalid(name, `has the shape ${shown(shape)}`);
    const bytes =
      kind === 'vector' ? rows * 4 : numTiles(rows, interleaved) * tileBytes(format as WeightFormat, cols);
    if (byteLength !== bytes || !Number.isSafeInteger(bytes))
      throw this.invalid(name, `takes ${shown(byteLength)} bytes instead of ${bytes}`);
    if (typeof offset !== 'number' || !Number.isSafeInteger(offset))
      throw this.invalid(name, `is at ${shown(offset)}`);
    return {
      name,
      kind,
      shape: dims,
      format: format as WeightFormat,
      interleaved,
      offset,
      byteLength: bytes,
    };
  }

  metadata(value: unknown): Metadata {
    const metadata = this.fields(value, 'metadata');
    for (const [key, entry] of Object.entries(metadata)) {
      if (!isMetadataValue(entry, 0))
        throw this.invalid(`metadata ${key.slice(0, 80)}`, `is ${shown(entry)}`);
    }
    return metadata as Metadata;
  }

  private fields(value: unknown, what: string): Fields {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
    throw this.invalid(what, `is ${shown(value)}`);
  }

  private invalid(key: string, why: string): AppError {
    return invalidPack(this.file, key, why);
  }
}

function isMetadataValue(value: unknown, depth: number): value is MetadataValue {
  if (Array.isArray(value))
    return depth < MAX_DEPTH && value.every((entry) => isMetadataValue(entry, depth + 1));
  return ['number', 'boolean', 'string'].includes(typeof value);
}

/** A value for a message: short, also for large arrays. */
function shown(value: unknown): string {
  if (Array.isArray(value))
    return value.length > 8 ? `an array of ${value.length}` : `[${value.map(shown).join(', ')}]`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(JSON.stringify(value)).slice(0, 80);
}
