// Uploads a packed model to GPU buffers, shard by shard.
import { AppError } from '../../shared/errors';
import { numTiles, tileBytes, tilesPerChunk } from '../../shared/weightLayout';
import type { Gpu } from '../../gpu/device';
import type { Tensor, WeightChunk, WeightMatrix } from '../../gpu/tensor';
import { quickHasher } from '../digest';
import { GpuImage, type Segment } from './gpuImage';
import { throttled } from '../pack/progress';
import type { ShardMaker } from '../stored/repair';
import { streamShards } from './streamShards';
import type { ModelCache, ModelManifest, PackedTensor, WeightProgress } from '../types';
import { isDamage, noteChecks, readShardChecked, shardCount } from '../stored/verify';

export interface UploadRequest {
  gpu: Gpu;
  manifest: ModelManifest;
  cache: ModelCache;
  /** Reads shards from elsewhere than the cache, each once and in order; it checks them itself. */
  shards?: ShardMaker;
  signal?: AbortSignal;
  onProgress?: (progress: WeightProgress) => void;
  /** Called when all buffers exist, still empty: bind groups can be created while they are filled. */
  onPlaced?: (weights: Pick<LoadedWeights, 'matrix' | 'vector'>) => void;
  /** Packs a damaged shard again and stores it; without it the damage is thrown. */
  repair?: (index: number, damage: AppError) => Promise<Uint8Array<ArrayBuffer>>;
}

/** Weights on the GPU. Owns its buffers. */
export interface LoadedWeights {
  /** @throws AppError 'bug' for a name outside the plan, or the name of a vector. */
  matrix(name: string): WeightMatrix;
  /** f32 [n]. @throws AppError 'bug' as above. */
  vector(name: string): Tensor;
  has(name: string): boolean;
  /** Bytes of all buffers. */
  readonly gpuBytes: number;
  destroy(): void;
}

/** Shards read from the cache while another is written; neither blocks this thread. */
const READS_AHEAD = 3;
/** Largest buffer shared by vectors. */
const SHARED_BYTES = 16 * 1024 * 1024;

/**
 * Uploads a cached model.
 * @throws AppError cache-damaged, out-of-gpu-memory, device-lost; the signal's reason. All free the buffers.
 */
export async function uploadModel(request: UploadRequest): Promise<LoadedWeights> {
  const { gpu, manifest } = request;
  const buffers: GPUBuffer[] = [];
  const destroy = (): void => buffers.splice(0).forEach((buffer) => gpu.destroyBuffer(buffer));
  try {
    const placed = await gpu.allocate(manifest.name, manifest.packedBytes, () =>
      place(gpu, manifest.tensors, buffers),
    );
    const weights = {
      matrix: (name: string) => lookUp(placed.matrices, name),
      vector: (name: string) => lookUp(placed.vectors, name),
    };
    request.onPlaced?.(weights);
    await fill(request, placed.segments);
    return {
      ...weights,
      has: (name) => placed.matrices.has(name) || placed.vectors.has(name),
      gpuBytes: buffers.reduce((sum, { size }) => sum + size, 0),
      destroy,
    };
  } catch (error) {
    destroy();
    throw error;
  }
}

interface Placed {
  matrices: Map<string, WeightMatrix>;
  vectors: Map<string, Tensor>;
  /** In image order. */
  segments: Segment[];
}

/** Creates all buffers: one per chunk of a matrix, shared ones for runs of vectors. */
function place(gpu: Gpu, tensors: PackedTensor[], buffers: GPUBuffer[]): Placed {
  const placed: Placed = { matrices: new Map(), vectors: new Map(), segments: [] };
  const create = (label: string, byteLength: number): GPUBuffer => {
    const buffer = gpu.createBuffer(label, byteLength);
    buffers.push(buffer);
    return buffer;
  };
  for (const packed of tensors) {
    if (packed.kind === 'matrix')
      placed.matrices.set(packed.name, placeMatrix(packed, create, placed.segments));
  }
  for (const group of groupVectors(tensors.filter(({ kind }) => kind === 'vector'))) {
    const buffer = create(`vectors from ${group.vectors[0].name}`, group.byteLength);
    let bufferOffset = 0;
    for (const { name, shape, offset, byteLength } of group.vectors) {
      placed.vectors.set(name, {
        label: name,
        buffer,
        offset: bufferOffset,
        byteLength,
        dtype: 'f32',
        shape,
      });
      placed.segments.push({ offset, byteLength, buffer, bufferOffset });
      bufferOffset += aligned(byteLength);
    }
  }
  placed.segments.sort((a, b) => a.offset - b.offset);
  return placed;
}

function placeMatrix(
  { name, shape: [rows, cols], format, interleaved, offset }: PackedTensor,
  create: (label: string, byteLength: number) => GPUBuffer,
  segments: Segment[],
): WeightMatrix {
  const total = numTiles(rows, interleaved);
  const perChunk = tilesPerChunk(format, rows, cols, interleaved);
  const oneTile = tileBytes(format, cols);
  const chunks: WeightChunk[] = [];
  for (let firstTile = 0; firstTile < total; firstTile += perChunk) {
    const count = Math.min(perChunk, total - firstTile);
    const byteLength = count * oneTile;
    const label = total > perChunk ? `${name} tiles ${firstTile}…` : name;
    const buffer = create(label, byteLength);
    segments.push({ offset: offset + firstTile * oneTile, byteLength, buffer, bufferOffset: 0 });
    const tensor: Tensor = { label, buffer, offset: 0, byteLength, dtype: 'u32', shape: [byteLength / 4] };
    chunks.push({ firstTile, numTiles: count, tensor });
  }
  return { label: name, rows, cols, format, interleaved, chunks };
}

function groupVectors(vectors: PackedTensor[]): { vectors: PackedTensor[]; byteLength: number }[] {
  const groups: { vectors: PackedTensor[]; byteLength: number }[] = [];
  for (const vector of vectors) {
    const byteLength = aligned(vector.byteLength);
    const last = groups.at(-1);
    if (last && last.byteLength + byteLength <= SHARED_BYTES) {
      last.vectors.push(vector);
      last.byteLength += byteLength;
    } else {
      groups.push({ vectors: [vector], byteLength });
    }
  }
  return groups;
}

/** minStorageBufferOffsetAlignment: vectors in one buffer are bound at offsets. */
function aligned(byteLength: number): number {
  return Math.ceil(byteLength / 256) * 256;
}

/**
 * Later loads stream all shards and reread those whose quick checks fail. The first load reads shard after shard,
 * compares SHA-256 and records the quick checks.
 */
async function fill(request: UploadRequest, segments: Segment[]): Promise<void> {
  const { gpu, manifest, cache, shards, signal, onProgress } = request;
  const { packedBytes, shardBytes, shardChecks: checks } = manifest;
  const image = new GpuImage(gpu, segments);
  const report = throttled(onProgress);
  let doneBytes = 0;
  const write = async (bytes: Uint8Array<ArrayBuffer>, start: number, stop = signal): Promise<void> => {
    await image.write(bytes, start, stop);
    doneBytes = Math.min(packedBytes, doneBytes + bytes.length);
    report({ phase: 'upload', doneBytes, totalBytes: packedBytes });
  };
  report({ phase: 'upload', doneBytes, totalBytes: packedBytes });
  const all = Array.from({ length: shardCount(manifest) }, (_, index) => index);
  const indices = checks && !shards ? await streamShards({ cache, manifest, checks, write, signal }) : all;
  doneBytes = Math.max(0, packedBytes - indices.length * shardBytes);
  const hasher = checks || shards ? undefined : await quickHasher();
  const noted: string[] = [];
  await copyShards(request, indices, async (shard, start) => {
    hasher?.begin();
    hasher?.add(shard);
    if (hasher) noted.push(hasher.end());
    await write(shard, start);
  });
  await gpu.idle();
  if (hasher) await noteChecks(cache, manifest.id, noted);
}

/** Copies these shards whole and in order, reading the next ones while one is written. */
async function copyShards(
  { manifest, cache, shards, signal, repair }: UploadRequest,
  indices: number[],
  write: (shard: Uint8Array<ArrayBuffer>, start: number) => Promise<void>,
): Promise<void> {
  const { shardBytes } = manifest;
  const ahead: Promise<Uint8Array<ArrayBuffer>>[] = [];
  const spare: ArrayBuffer[] = []; // buffers of written shards, for reuse
  const readTo = (end: number): void => {
    for (let i = ahead.length; i < Math.min(end, indices.length); i++) {
      ahead[i] = shards
        ? shards(indices[i], signal)
        : readShardChecked(cache, manifest, indices[i], spare.pop() ?? new ArrayBuffer(shardBytes));
      ahead[i].catch(() => undefined); // reported when the shard is awaited
    }
  };
  readTo(1);
  for (const [i, index] of indices.entries()) {
    signal?.throwIfAborted();
    const shard = await ahead[i].catch((error: unknown) => {
      if (repair && isDamage(error)) return repair(index, error);
      throw error;
    });
    delete ahead[i];
    readTo(i + 1 + (shards ? 1 : READS_AHEAD)); // a ShardMaker packs on this thread, one shard at a time
    await write(shard, index * shardBytes);
    if (!shards) spare.push(shard.buffer); // writeBuffer has copied it
  }
}

function lookUp<T>(map: Map<string, T>, name: string): T {
  const found = map.get(name);
  if (!found)
    throw new AppError('bug', `The packed model has no ${name}; the plan and the forward pass disagree.`);
  return found;
}
