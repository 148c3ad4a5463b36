// Exports a stored model as one file, name.glmpack: the manifest, then the unchanged shards.
//
//   0   "GLMPACK\n"            8 bytes
//   8   version, manifestBytes u32, little-endian
//   16  SHA-256 of the manifest, 64 hex digits
//   80  manifest, UTF-8 JSON   manifestBytes
//   …   the packed image       manifest.packedBytes
//
// Twin: importPack.ts reads it.
import { digestHex } from '../digest';
import type { ModelCache, ModelManifest, SourceRecord } from '../types';
import { shardCount } from '../stored/verify';
import { PACK_HEADER_BYTES, PACK_MAGIC, PACK_VERSION } from './packHeader';

/**
 * The file as one Blob of the stored Blobs: no byte is copied until it is read. Reading fails if the model was deleted
 * in the meantime.
 * @throws AppError 'cache-damaged' when a shard is missing. Digests are compared at import, not here.
 */
export async function exportModel(
  cache: ModelCache,
  manifest: ModelManifest,
): Promise<{ blob: Blob; fileName: string }> {
  const json = new TextEncoder().encode(JSON.stringify(withoutSecrets(manifest)));
  const header = new Uint8Array(PACK_HEADER_BYTES);
  header.set(new TextEncoder().encode(PACK_MAGIC));
  const view = new DataView(header.buffer);
  view.setUint32(8, PACK_VERSION, true);
  view.setUint32(12, json.length, true);
  header.set(new TextEncoder().encode(await digestHex(json)), 16);
  const shards: Blob[] = [];
  for (let index = 0; index < shardCount(manifest); index++) {
    shards.push(await cache.readShard(manifest.id, index));
  }
  const fileName = `${manifest.name.replace(/[^\p{L}\p{N}._-]+/gu, '-') || 'model'}.glmpack`;
  return { blob: new Blob([header, json, ...shards]), fileName };
}

/** The manifest without URL queries, because a query may contain a key. The rest of the URL is informative only. */
function withoutSecrets(manifest: ModelManifest): ModelManifest {
  const { source = null, origin } = manifest;
  const urls = source === null ? [] : urlsOf(source);
  return {
    ...manifest,
    origin: origin.replace(/[?#].*$/s, ''),
    source: urls.some((url) => url.includes('?')) ? null : source,
  };
}

function urlsOf(source: SourceRecord): string[] {
  return source.kind === 'url' ? [source.url] : source.files.map(({ url }) => url);
}
