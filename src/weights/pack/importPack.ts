// Imports an exported model (exportModel.ts) into the cache, shard by shard, comparing each digest.
import { AppError } from '../../shared/errors';
import { digestHex } from '../digest';
import { PACK_HEADER_BYTES, PACK_MAGIC, PACK_VERSION } from './packHeader';
import { openJournal } from './importJournal';
import { LAYOUT_VERSION } from '../stored/layoutVersion';
import { withImportLock } from '../stored/locks';
import { throttled } from './progress';
import { invalidPack, MAX_MANIFEST_BYTES, otherVersion, readPackManifest } from './packManifest';
import { refusedWrite } from '../stored/storage';
import { truncated } from '../file/truncation';
import type { ModelCache, ModelManifest, SourceRecord, WeightProgress, WeightSource } from '../types';
import { shardCount } from '../stored/verify';

/** An opened .glmpack. */
export interface Pack {
  source: WeightSource;
  manifest: ModelManifest;
  /** Offset of the image in the file. */
  imageOffset: number;
}

/**
 * Opens an exported model; undefined for any other file format.
 * @throws AppError 'pack-version', 'pack-damaged' (part 0 is the manifest), 'pack-invalid', 'file-truncated', and the
 *   source's errors.
 */
export async function openPack(source: WeightSource, signal?: AbortSignal): Promise<Pack | undefined> {
  const fileBytes = await source.byteLength(signal);
  if (fileBytes < PACK_HEADER_BYTES) return undefined;
  const header = await source.read(0, PACK_HEADER_BYTES, signal);
  const text = new TextDecoder().decode(header);
  if (!text.startsWith(PACK_MAGIC)) return undefined;
  const view = new DataView(header.buffer);
  const version = view.getUint32(8, true);
  if (version !== PACK_VERSION) throw otherVersion(source.name, version, PACK_VERSION);
  const manifestBytes = view.getUint32(12, true);
  if (manifestBytes > MAX_MANIFEST_BYTES) {
    const why = `has ${manifestBytes} bytes, more than ${MAX_MANIFEST_BYTES}`;
    throw invalidPack(source.name, 'the manifest', why);
  }
  const imageOffset = PACK_HEADER_BYTES + manifestBytes;
  if (fileBytes < imageOffset) throw truncated(`manifest (${source.name})`, imageOffset, fileBytes);
  const json = await source.read(PACK_HEADER_BYTES, manifestBytes, signal);
  if ((await digestHex(json)) !== text.slice(16, PACK_HEADER_BYTES)) throw damagedPack(source.name, 0);
  const manifest = await readPackManifest(json, source.name);
  const needed = imageOffset + manifest.packedBytes;
  if (fileBytes < needed) throw truncated(`weights (${source.name})`, needed, fileBytes);
  return { source, manifest, imageOffset };
}

export interface ImportPackRequest {
  pack: Pack;
  cache: ModelCache;
  /** File name or URL of the pack. */
  origin: string;
  /** Where the pack can be reopened; null for a local file. */
  source: SourceRecord | null;
  signal?: AbortSignal;
  onProgress?: (progress: WeightProgress) => void;
  onElsewhere?: (progress: WeightProgress) => void;
}

/**
 * Copies a pack into the cache and resumes an earlier, interrupted import of it.
 * @throws AppError 'pack-damaged' with the number of the part (from 1), 'storage-quota', and the source's errors.
 *   Shards stored before the failure stay.
 */
export function importPack(request: ImportPackRequest): Promise<ModelManifest> {
  const { pack, cache, origin, source, signal, onProgress } = request;
  const { id, name, packedBytes, shardBytes, shardDigests } = pack.manifest;
  return withImportLock(id, request, async (announce) => {
    const imported = await cache.manifest(id);
    if (imported) return imported;
    const journal = await openJournal(cache, {
      layoutVersion: LAYOUT_VERSION,
      ...{ id, name, origin, source, shardBytes, packedBytes, shardDigests: [], doneBytes: 0 },
      planKey: await digestHex(new TextEncoder().encode(JSON.stringify(['pack', shardBytes, shardDigests]))),
      totalBytes: packedBytes,
      updatedAt: Date.now(),
    });
    const report = throttled((progress) => {
      onProgress?.(progress);
      announce(progress);
    });
    const storedBytes = (): number => Math.min(packedBytes, journal.shardDigests.length * shardBytes);
    await cache.ensureRoom(packedBytes - storedBytes());
    report({ phase: 'import', doneBytes: storedBytes(), totalBytes: packedBytes });
    try {
      for (let index = journal.shardDigests.length; index < shardCount(pack.manifest); index++) {
        const start = pack.imageOffset + index * shardBytes;
        await pack.source.retain?.([{ offset: start, length: pack.imageOffset + packedBytes - start }]);
        const shard = await readPackShard(pack, index, signal);
        if ((await digestHex(shard)) !== shardDigests[index]) throw damagedPack(pack.source.name, index + 1);
        await cache.writeShard(id, index, new Blob([shard]));
        journal.shardDigests.push(shardDigests[index]);
        await cache.writeJournal({ ...journal, doneBytes: storedBytes(), updatedAt: Date.now() });
        report({ phase: 'import', doneBytes: storedBytes(), totalBytes: packedBytes });
      }
    } catch (error) {
      if (error instanceof AppError && error.code === 'storage-quota')
        throw await refusedWrite(packedBytes - storedBytes(), error);
      throw error;
    }
    const manifest = { ...pack.manifest, origin, source, importedAt: Date.now() };
    await cache.writeManifest(manifest);
    await cache.rememberOrigin(origin, id);
    await pack.source.forget?.().catch(() => undefined); // swept at the next start
    return manifest;
  });
}

/** Reads one shard of a pack without checking it. */
export function readPackShard(
  { source, manifest: { packedBytes, shardBytes }, imageOffset }: Pack,
  index: number,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const start = index * shardBytes;
  return source.read(imageOffset + start, Math.min(shardBytes, packedBytes - start), signal);
}

/** AppError 'pack-damaged'. */
export function damagedPack(name: string, part: number): AppError {
  const message =
    `${name} is damaged at part ${part}: it was changed after its export, or copied badly. ` +
    'Copy or export it again; what was read before is kept.';
  return new AppError('pack-damaged', message, { name, part });
}
