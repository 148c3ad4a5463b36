// Storage for the chunks of unfinished downloads: two IndexedDB databases, or memory.
import { AppError } from '../../shared/errors';
import { memoryStore, quotaError, type KeyValueStore } from '../stored/storage';
import { weightsStore } from '../stored/weightsStore';
import type { ChunkStaging, DownloadRecord, StagedChunk, StagedDownload } from './types';

interface Stores {
  records: KeyValueStore<string, DownloadRecord>;
  chunks: KeyValueStore<[fileKey: string, index: number], StagedChunk>;
}

/** Staging in the IndexedDB of this browser profile. */
export function databaseStaging(): ChunkStaging {
  return createStaging({ records: weightsStore('glm-downloads'), chunks: weightsStore('glm-chunks') });
}

/** Staging in memory, lost when the process ends. */
export function memoryStaging(): ChunkStaging {
  return createStaging({ records: memoryStore(), chunks: memoryStore() });
}

function createStaging({ records, chunks }: Stores): ChunkStaging {
  async function chunkIndices(fileKey: string): Promise<number[]> {
    return (await chunks.keys()).filter(([owner]) => owner === fileKey).map(([, index]) => index);
  }

  async function list(): Promise<StagedDownload[]> {
    const indices = new Map<string, number[]>((await records.keys()).map((fileKey) => [fileKey, []]));
    for (const [fileKey, index] of await chunks.keys()) {
      const known = indices.get(fileKey);
      if (known) known.push(index);
      else indices.set(fileKey, [index]);
    }
    const found = [...indices].map(async ([fileKey, staged]): Promise<StagedDownload> => {
      const record = await records.get(fileKey);
      if (record) {
        const { name, totalBytes, updatedAt } = record;
        return { fileKey, name, stagedBytes: bytesOf(record, staged), totalBytes, updatedAt };
      }
      const leftovers = await Promise.all(staged.map((index) => chunks.get([fileKey, index])));
      const stagedBytes = leftovers.reduce((sum, chunk) => sum + (chunk?.blob.size ?? 0), 0);
      return { fileKey, name: '', stagedBytes, totalBytes: 0, updatedAt: 0 };
    });
    return (await Promise.all(found)).toSorted((a, b) => b.updatedAt - a.updatedAt);
  }

  return {
    list,
    chunkIndices,
    record: (fileKey) => records.get(fileKey),
    putRecord: (record) => records.set(record.fileKey, record),
    chunk: (fileKey, index) => chunks.get([fileKey, index]),

    async putChunk(fileKey, index, chunk) {
      try {
        await chunks.set([fileKey, index], chunk);
      } catch (error) {
        // the layer below does not know the size of the Blob in the record
        if (!(error instanceof AppError) || error.code !== 'storage-quota') throw error;
        throw quotaError(chunk.blob.size, Number(error.details.availableBytes), error.cause);
      }
    },

    async deleteChunks(fileKey, indices) {
      if (indices.length > 0) await chunks.delMany(indices.map((index) => [fileKey, index]));
    },

    async deleteDownload(fileKey) {
      await records.delMany([fileKey]); // first, because chunks without a record are never read
      const indices = await chunkIndices(fileKey);
      if (indices.length > 0) await chunks.delMany(indices.map((index) => [fileKey, index]));
    },

    async orphans(wanted) {
      const keep = new Set(wanted);
      return (await list()).filter(({ fileKey }) => !keep.has(fileKey));
    },
  };
}

function bytesOf({ totalBytes, chunkBytes }: DownloadRecord, staged: number[]): number {
  return staged.reduce((sum, index) => sum + Math.min(chunkBytes, totalBytes - index * chunkBytes), 0);
}
