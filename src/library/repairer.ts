// Fetches damaged shards of a stored model again, one by one, from any available source.
import type { ModelSource } from '../protocol/models';
import { AppError, isAbort } from '../shared/errors';
import { modelId } from '../weights/file/gguf';
import { fetchPart } from '../shared/missingPart';
import { repairShard, shardPacker, tensorsOf, type ShardMaker } from '../weights/stored/repair';
import { httpSource } from '../weights/file/sources';
import type { ModelCache, ModelManifest, SourceRecord } from '../weights/types';
import { findDamage, shardCount } from '../weights/stored/verify';
import { filesOf, knownSource, openSource } from './openSource';
import type { ProgressMeter } from './progressMeter';

export interface RepairerOptions {
  cache: ModelCache;
  manifest: ModelManifest;
  /** Chosen by the user: files, or URLs with their token; 'cached' falls back to the manifest's source. */
  source: ModelSource;
  signal: AbortSignal;
  meter?: ProgressMeter;
}

/** Opens its source only when a shard is damaged. */
export class Repairer {
  private maker: Promise<ShardMaker | undefined> | undefined;

  constructor(private readonly options: RepairerOptions) {}

  /**
   * Packs a shard again and stores it.
   * @throws AppError 'source-changed'; 'cache-damaged' without a source; the errors of reading the source.
   */
  async repair(index: number): Promise<Uint8Array<ArrayBuffer>> {
    const { cache, manifest, signal, meter } = this.options;
    const totalBytes = Math.min(manifest.shardBytes, manifest.packedBytes - index * manifest.shardBytes);
    meter?.at('import', 0, totalBytes);
    this.maker ??= this.findSource();
    const make = await this.maker;
    if (!make) throw this.damaged({ shard: index });
    const bytes = await repairShard(cache, manifest, index, make, signal);
    meter?.at('import', totalBytes, totalBytes);
    return bytes;
  }

  /** As repair; if the source is unavailable, the error states how many shards are damaged. */
  async repairOrCount(index: number): Promise<Uint8Array<ArrayBuffer>> {
    try {
      return await this.repair(index);
    } catch (error) {
      const isFinal = error instanceof AppError && ['source-changed', 'storage-quota'].includes(error.code);
      if (isFinal || isAbort(error) || !(error instanceof AppError)) throw error;
      const { cache, manifest, signal, meter } = this.options;
      const onProgress = (done: number, total: number): void => meter?.at('verify', done, total);
      const damaged = await findDamage(cache, manifest, { from: index, signal, onProgress });
      throw this.damaged({ shard: index, damaged: damaged.length, parts: shardCount(manifest) }, error);
    }
  }

  private damaged(details: Record<string, number>, cause?: AppError): AppError {
    const { id, name } = this.options.manifest;
    const { damaged = 'some', parts = 'the' } = details;
    const message =
      `${damaged} of ${parts} stored parts of ${name} are damaged and cannot be fetched again now` +
      `${cause && cause.code !== 'cache-damaged' ? ` (${cause.message})` : ': where it came from is not known'}. ` +
      'Go online and load it again, choose its file again, or delete it.';
    return new AppError('cache-damaged', message, { id, ...details }, cause);
  }

  private async findSource(): Promise<ShardMaker | undefined> {
    const { manifest, source, signal } = this.options;
    const packs = () => fetchPart(() => import('../weights/pack/importPack'));
    if (source.kind === 'files') {
      const { model } = await openSource(source, { signal });
      if (model.kind === 'pack') {
        const { readPackShard } = await packs();
        const isSame = model.pack.manifest.id === manifest.id;
        return isSame ? (i) => readPackShard(model.pack, i, signal) : undefined;
      }
      const isSame = (await modelId(model.gguf)) === manifest.id.split('-')[0]; // after it: digest of the source
      return isSame ? shardPacker(manifest, model.gguf.tensors) : undefined;
    }
    const record = source.kind === 'disk' ? null : knownSource(manifest);
    if (!record) return undefined;
    const sources = addresses(record, source).map(({ url, token }) => httpSource(url, { token }));
    if (manifest.recipe) return shardPacker(manifest, tensorsOf(manifest.recipe, sources));
    const { openPack, readPackShard } = await packs();
    const pack = await openPack(sources[0], signal);
    return pack?.manifest.id === manifest.id ? (i) => readPackShard(pack, i, signal) : undefined;
  }
}

/** URLs of the record's files, with the mirror and token that the user chose for this load. */
function addresses(record: SourceRecord, chosen: ModelSource): { url: string; token?: string }[] {
  const { files, token } = chosen.kind === 'remote' ? chosen : { files: [], token: undefined };
  return filesOf(record).map(({ name, url }) => ({
    url: files.find((file) => file.name === name)?.url ?? url,
    token,
  }));
}
