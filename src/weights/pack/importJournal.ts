// The journal of an import: records what an interrupted import has stored, and whether it can be resumed.
import { digestHex } from '../digest';
import { splitUrls } from '../file/gguf';
import type { ImportTensor } from './importPlan';
import { LAYOUT_VERSION } from '../stored/layoutVersion';
import type { ImportJournal, ModelCache, SourceRecord } from '../types';

/** Digest over everything that determines the bytes of the image, apart from the bytes of the source. */
export function planKey(tensors: ImportTensor[], shardBytes: number): Promise<string> {
  const plan = tensors.map(({ packed, parts }) => [
    packed,
    parts.map(({ tensor: { source: _, ...tensor }, type, firstRow }) => [tensor, type, firstRow]),
  ]);
  return digestHex(new TextEncoder().encode(JSON.stringify([LAYOUT_VERSION, shardBytes, plan])));
}

/**
 * Stores and returns the journal to continue with: the earlier session's, if it has the same plan and its last shard is
 * intact; otherwise `fresh`, after deleting everything else stored under this id.
 */
export async function openJournal(cache: ModelCache, fresh: ImportJournal): Promise<ImportJournal> {
  const left = await cache.journal(fresh.id);
  const digests = left?.planKey === fresh.planKey ? await intactShards(cache, left) : [];
  if (digests.length === 0) await cache.deleteModel(fresh.id);
  const source = fresh.source ?? (digests.length > 0 && left && isOneFile(left.source) ? left.source : null);
  const journal = { ...fresh, source, shardDigests: digests };
  await cache.writeJournal(journal);
  return journal;
}

/** Whether the source is a single file. A local file may resume its download; parts of a set may be reordered. */
function isOneFile(source: SourceRecord | null): boolean {
  return source?.kind === 'remote'
    ? source.files.length === 1
    : source !== null && splitUrls(source.url).length === 1;
}

/**
 * Digests of the leading intact shards. Browsers write lazily: a power failure can lose the last shards although the
 * journal lists them, so those are read back. An earlier gap is detected and repaired at the first load.
 */
async function intactShards(cache: ModelCache, { id, shardDigests }: ImportJournal): Promise<string[]> {
  const stored = await cache.storedShards(id);
  const missing = shardDigests.findIndex((_, index) => !stored.has(index));
  let count = missing < 0 ? shardDigests.length : missing;
  while (count > 0 && (await digestOf(cache, id, count - 1)) !== shardDigests[count - 1]) count--;
  return shardDigests.slice(0, count);
}

async function digestOf(cache: ModelCache, id: string, index: number): Promise<string | undefined> {
  try {
    return await digestHex(new Uint8Array(await (await cache.readShard(id, index)).arrayBuffer()));
  } catch {
    return undefined; // missing or unreadable: it is packed again
  }
}
