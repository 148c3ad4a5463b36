// GGUF → packed model in the cache. Tensors stream through: the file is never whole in memory.
import { tileBytes } from '../shared/weightLayout';
import { dequantize } from './dequantize';
import type { GgufFile } from './gguf';
import { batchesOf, layOut, tileRows } from './importPlan';
import { LAYOUT_VERSION } from './layoutVersion';
import { withImportLock } from './locks';
import { badValues, packRows } from './packer';
import { throttled } from './progress';
import { readAhead, type FilledBatch } from './readAhead';
import { SHARD_BYTES, ShardWriter } from './shardWriter';
import type { Metadata, ModelCache, ModelManifest, TensorPlan, WeightProgress } from './types';

export interface ImportRequest {
  /** From modelId(). */
  id: string;
  name: string;
  /** File name or URL. */
  origin: string;
  gguf: GgufFile;
  /** Tensors of the packed model, in the order of the image. */
  plan: TensorPlan[];
  cache: ModelCache;
  /** What the manifest keeps of the GGUF metadata; default: all of it. A redundant merge list is worth dropping. */
  metadata?: Metadata;
  signal?: AbortSignal;
  /** doneBytes of the source's planned tensors. */
  onProgress?: (progress: WeightProgress) => void;
}

/**
 * Repacks a model into the cache. The manifest is written last; after a failure or an abort the shards are deleted.
 * @throws AppError missing-tensor, wrong-shape, unsupported-tensor-type, bad-values, storage-quota, model-in-use, and
 *   what the source throws; an abort throws the signal's reason.
 */
export function importModel(request: ImportRequest): Promise<ModelManifest> {
  const image = layOut(request.gguf, request.plan); // wrong plans fail before anything is touched
  return withImportLock(request.id, async () => {
    const { cache, id } = request;
    await cache.deleteModel(id);
    await cache.ensureRoom(image.packedBytes);
    const writer = new ShardWriter(cache, id);
    try {
      return await runImport(request, image, writer);
    } catch (error) {
      await writer.settle();
      await cache.deleteModel(id).catch(() => undefined); // best effort: sweep() finds what stays
      throw error;
    }
  });
}

async function runImport(
  { id, name, origin, gguf, cache, metadata = gguf.metadata, signal, onProgress }: ImportRequest,
  { tensors, packedBytes }: ReturnType<typeof layOut>,
  writer: ShardWriter,
): Promise<ModelManifest> {
  const batches = tensors.flatMap(batchesOf);
  const totalBytes = batches.reduce((sum, { sourceBytes }) => sum + sourceBytes, 0);
  const report = throttled(onProgress);
  let doneBytes = 0;
  for await (const filled of readAhead(batches, signal)) {
    signal?.throwIfAborted();
    const { kind, offset } = filled.batch.target.packed;
    if (filled.batch.firstTile === 0) await writer.padTo(offset);
    if (kind === 'vector') await writer.append(packVector(filled));
    else await packMatrix(filled, writer);
    doneBytes += filled.batch.sourceBytes;
    report({ phase: 'import', doneBytes, totalBytes });
  }
  const shardDigests = await writer.finish();
  signal?.throwIfAborted();
  const manifest: ModelManifest = {
    layoutVersion: LAYOUT_VERSION,
    id,
    name,
    origin,
    sourceBytes: gguf.totalBytes,
    packedBytes,
    shardBytes: SHARD_BYTES,
    shardDigests,
    tensors: tensors.map(({ packed }) => packed),
    metadata,
    importedAt: Date.now(),
  };
  await cache.writeManifest(manifest);
  return manifest;
}

/** Packs the tiles of a batch, one after another, through one scratch tile. */
async function packMatrix({ batch, bytes }: FilledBatch, writer: ShardWriter): Promise<void> {
  const { packed } = batch.target;
  const cols = packed.shape[1];
  const scratch = new Uint8Array(tileBytes(packed.format, cols));
  for (let tile = batch.firstTile; tile < batch.firstTile + batch.numTiles; tile++) {
    scratch.fill(0); // padding rows
    const { firstRow, numRows } = tileRows(packed, tile);
    batch.reads.forEach(({ part, ...read }, i) => {
      const from = Math.max(firstRow, read.firstRow);
      const to = Math.min(firstRow + numRows, read.firstRow + read.numRows);
      if (from >= to) return;
      const run = {
        tensor: part.tensor.name,
        type: part.type,
        bytes: bytes[i],
        offset: (from - read.firstRow) * part.rowBytes,
        numRows: to - from,
        firstRow: from - firstRow,
      };
      packRows(run, packed.format, cols, scratch);
    });
    await writer.append(scratch);
  }
}

/** A vector as f32, its parts one after another. */
function packVector({ batch, bytes }: FilledBatch): Uint8Array {
  const values = new Float32Array(batch.target.packed.shape[0]);
  batch.reads.forEach(({ part, firstRow, numRows }, i) => {
    const floats = dequantize(part.type, bytes[i], 0, numRows);
    if (!floats.every(Number.isFinite)) throw badValues(part.tensor.name);
    values.set(floats, firstRow);
  });
  return new Uint8Array(values.buffer);
}
