// GGUF → packed model in the cache. Tensors stream through: the file is never whole in memory. Every stored shard is
// recorded in the journal, so that an import resumes after a pause, a killed tab or a full disk.
import { AppError } from '../../shared/errors';
import { TAIL_BYTES, type GgufFile } from '../file/gguf';
import { openJournal, planKey } from './importJournal';
import { batchesOf, layOut, type Batch, type ImportTensor } from './importPlan';
import { LAYOUT_VERSION } from '../stored/layoutVersion';
import { withImportLock } from '../stored/locks';
import { batchesWithin, imageStart, packBatch, rangesOf } from './packBatch';
import { throttled } from './progress';
import { readAhead } from './readAhead';
import { recipeOf } from '../stored/repair';
import { SHARD_BYTES, ShardWriter } from './shardWriter';
import { slices } from '../file/slices';
import { refusedWrite } from '../stored/storage';
import type {
  ByteRange,
  ImportJournal,
  Metadata,
  ModelCache,
  ModelManifest,
  SourceRecord,
  TensorPlan,
  WeightProgress,
  WeightSource,
} from '../types';

export interface ImportRequest {
  /** Result of modelId(). */
  id: string;
  name: string;
  /** File name or URL. */
  origin: string;
  gguf: GgufFile;
  /** Tensors of the packed model; the image stores them in file order. */
  plan: TensorPlan[];
  cache: ModelCache;
  /** GGUF metadata kept in the manifest; default: all of it. Lets the caller drop a redundant merge list. */
  metadata?: Metadata;
  /** Where the files can be fetched again; null or absent for local files. */
  source?: SourceRecord | null;
  /** The opened files, in the order of `source`; default: the files that hold tensors. */
  sources?: WeightSource[];
  /** Bytes of downloaded chunks already on disk. */
  stagedBytes?: () => number;
  signal?: AbortSignal;
  /** Progress in bytes of the planned source tensors, including earlier sessions. */
  onProgress?: (progress: WeightProgress) => void;
  /** Progress of another tab that is importing the same model. */
  onElsewhere?: (progress: WeightProgress) => void;
  /** Set by tests; default SHARD_BYTES. */
  shardBytes?: number;
}

/** Space for downloaded chunks that are not packed yet. */
const STAGING_BYTES = 256 * 1024 * 1024;

/**
 * Repacks a model into the cache, resuming an earlier import. The manifest is written last. A failure or an abort keeps
 * the stored shards, unless the file turned out to be a different one. If another tab is importing the same model, this
 * call waits for it.
 * @throws AppError missing-tensor, wrong-shape, unsupported-tensor-type, bad-values, storage-quota, and what the
 *   source throws; an abort throws the signal's reason.
 */
export function importModel(request: ImportRequest): Promise<ModelManifest> {
  const { gguf, plan, id, cache } = request;
  const { tensors, packedBytes } = layOut(gguf, inFileOrder(gguf, plan)); // reject wrong plans before any change
  return withImportLock(id, request, async (announce) => {
    const imported = await cache.manifest(id);
    if (imported) return imported; // imported by another tab
    const run = await ImportRun.open(request, tensors, packedBytes, announce);
    try {
      return await run.finish();
    } catch (error) {
      throw await run.giveUp(error);
    }
  });
}

/** Sorts by the position of the first part in its file, so that a sequential download streams through. */
export function inFileOrder({ tensors }: GgufFile, plan: TensorPlan[]): TensorPlan[] {
  const files = new Map<WeightSource, number>();
  for (const { source } of tensors.values()) if (!files.has(source)) files.set(source, files.size);
  const place = ({ name, parts = [name] }: TensorPlan): [file: number, offset: number] => {
    const first = tensors.get(parts[0]);
    return first ? [files.get(first.source) ?? 0, first.offset] : [0, 0]; // layOut reports the missing tensor
  };
  return plan
    .map((planned) => ({ planned, place: place(planned) }))
    .sort(({ place: a }, { place: b }) => a[0] - b[0] || a[1] - b[1])
    .map(({ planned }) => planned);
}

/** One session of an import. */
class ImportRun {
  private readonly report: (progress: WeightProgress) => void;
  private readonly writer: ShardWriter;

  private constructor(
    private readonly request: ImportRequest,
    private readonly tensors: ImportTensor[],
    private readonly batches: Batch[],
    private readonly sources: WeightSource[],
    private readonly journal: ImportJournal,
    announce: (progress: WeightProgress) => void,
  ) {
    const { cache, id, onProgress } = request;
    const { shardBytes, shardDigests } = journal;
    this.report = throttled((progress) => {
      onProgress?.(progress);
      announce(progress);
    });
    const onStored = (): Promise<void> => this.checkpoint();
    this.writer = new ShardWriter({ cache, id, shardBytes, digests: shardDigests, onStored });
    this.alwaysNeeded = headersOf(request.gguf);
  }

  /** Loads or creates the journal. @throws AppError 'storage-quota' when the remaining data will not fit. */
  static async open(
    request: ImportRequest,
    tensors: ImportTensor[],
    packedBytes: number,
    announce: (progress: WeightProgress) => void,
  ): Promise<ImportRun> {
    const { id, name, origin, cache, gguf, source = null, shardBytes = SHARD_BYTES } = request;
    const batches = tensors.flatMap(batchesOf);
    const holders = new Set([...gguf.tensors.values()].map((tensor) => tensor.source));
    const sources = request.sources ?? [...holders];
    const journal = await openJournal(cache, {
      layoutVersion: LAYOUT_VERSION,
      ...{ id, name, origin, source, shardBytes, packedBytes, shardDigests: [], doneBytes: 0 },
      planKey: await planKey(tensors, shardBytes),
      totalBytes: sourceBytes(batches),
      updatedAt: Date.now(),
    });
    const run = new ImportRun(request, tensors, batches, sources, journal, announce);
    const staging = sources.some(({ retain }) => retain) ? Math.min(STAGING_BYTES, run.missingBytes) : 0;
    await cache.ensureRoom(run.missingBytes + Math.max(0, staging - (request.stagedBytes?.() ?? 0)));
    await run.checkpoint();
    return run;
  }

  /** Header and end of each file with tensors: the next session needs them to open the model. */
  private readonly alwaysNeeded: Map<WeightSource, ByteRange[]>;

  /** Bytes of the image stored so far. */
  private get storedBytes(): number {
    const { shardDigests, shardBytes, packedBytes } = this.journal;
    return Math.min(shardDigests.length * shardBytes, packedBytes);
  }

  private get missingBytes(): number {
    return this.journal.packedBytes - this.storedBytes;
  }

  /** Updates the journal and lets the sources release stored ranges. */
  private async checkpoint(): Promise<void> {
    const { journal } = this;
    const left = batchesWithin(this.batches, this.storedBytes);
    journal.doneBytes = journal.totalBytes - sourceBytes(left);
    journal.updatedAt = Date.now();
    await this.request.cache.writeJournal(journal);
    const needed = rangesOf(left, this.alwaysNeeded);
    // sources without tensors (a tokenizer) are kept: the next session reads them again
    await Promise.all([...needed].map(([source, ranges]) => source.retain?.(ranges)));
  }

  /** Packs the missing shards, verifies the download and writes the manifest. */
  async finish(): Promise<ModelManifest> {
    const { cache, gguf, signal, metadata = gguf.metadata } = this.request;
    const { journal, tensors } = this;
    await this.pack();
    if (this.sources.some(({ verify }) => verify)) {
      this.report({ phase: 'verify', doneBytes: 0, totalBytes: journal.totalBytes });
      for (const source of this.sources) await source.verify?.(signal);
    }
    signal?.throwIfAborted();
    const { id, name, origin, source, packedBytes, shardBytes, shardDigests } = journal;
    const manifest: ModelManifest = {
      layoutVersion: LAYOUT_VERSION,
      ...{ id, name, origin, source, packedBytes, shardBytes, shardDigests, metadata },
      sourceBytes: gguf.totalBytes,
      tensors: tensors.map(({ packed }) => packed),
      recipe: recipeOf(tensors, this.sources, gguf.quantize),
      importedAt: Date.now(),
    };
    await cache.writeManifest(manifest);
    await this.forget();
    return manifest;
  }

  private async pack(): Promise<void> {
    const { batches, writer, journal } = this;
    const { signal } = this.request;
    const left = batchesWithin(batches, this.storedBytes);
    const { totalBytes } = journal;
    let { doneBytes } = journal;
    const pause = slices();
    this.report({ phase: 'import', doneBytes, totalBytes });
    for await (const filled of readAhead(left, signal)) {
      signal?.throwIfAborted();
      const start = imageStart(filled.batch);
      if (start < writer.position) writer.rewindTo(start);
      else await writer.padTo(start);
      for (const piece of packBatch(filled)) {
        await writer.append(piece);
        await pause();
      }
      doneBytes += filled.batch.sourceBytes;
      this.report({ phase: 'import', doneBytes, totalBytes });
    }
    await writer.finish();
  }

  /** Cleans up after a failure. @returns the error to throw. */
  async giveUp(error: unknown): Promise<unknown> {
    await this.writer.settle();
    if (!(error instanceof AppError)) return error;
    if (error.code === 'storage-quota') return refusedWrite(this.missingBytes, error);
    if (error.code === 'source-changed' || error.code === 'hash-mismatch') {
      // the shards were packed from bytes that do not belong to the current file
      await this.request.cache.deleteModel(this.request.id).catch(() => undefined);
      await this.forget();
    }
    return error;
  }

  /** Discards the downloads; leftovers of a failed deletion are swept at the next start. */
  private async forget(): Promise<void> {
    await Promise.all(this.sources.map((source) => source.forget?.().catch(() => undefined)));
  }
}

function headersOf({ tensors }: GgufFile): Map<WeightSource, ByteRange[]> {
  const headers = new Map<WeightSource, ByteRange[]>();
  for (const { source, offset, byteLength } of tensors.values()) {
    const [header, tail] = headers.get(source) ?? [
      { offset: 0, length: Infinity },
      { offset: 0, length: TAIL_BYTES },
    ];
    header.length = Math.min(header.length, offset);
    tail.offset = Math.max(tail.offset, offset + byteLength - TAIL_BYTES);
    headers.set(source, [header, tail]);
  }
  return headers;
}

function sourceBytes(batches: Batch[]): number {
  return batches.reduce((sum, batch) => sum + batch.sourceBytes, 0);
}
