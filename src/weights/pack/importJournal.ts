// The journal of an import: what a killed tab, a pause or a full disk left, and whether it may be continued.
import { digestHex } from '../digest';
import { splitUrls } from '../file/gguf';
import type { ImportTensor } from './importPlan';
import { LAYOUT_VERSION } from '../stored/layoutVersion';
import type { ImportJournal, ModelCache, SourceRecord } from '../types';

/** Digest over all that the bytes of the image depend on beside the bytes of the source. */
export function planKey(tensors: ImportTensor[], shardBytes: number): Promise<string> {
  const plan = tensors.map(({ packed, parts }) => [
    packed,
    parts.map(({ tensor: { source: _, ...tensor }, type, firstRow }) => [tensor, type, firstRow]),
  ]);
  return digestHex(new TextEncoder().encode(JSON.stringify([LAYOUT_VERSION, shardBytes, plan])));
}

/**
 * The journal to go on with, in the cache from now on: the one left by an earlier session if it has the same plan and
 * its last shard is what it says, else `fresh`, everything else under this id being deleted.
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

/** A local file may go on with a download of it: parts of a set might be in another order. */
function isOneFile(source: SourceRecord | null): boolean {
  return source?.kind === 'remote'
    ? source.files.length === 1
    : source !== null && splitUrls(source.url).length === 1;
}

/**
 * Digests of the shards that can be relied on. Browsers write lazily, so that a power cut takes the last shards
 * though the journal has them: those are read. A hole further down would be found and repaired at the first load.
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
    return undefined; // gone or unreadable: it is written again
  }
}
