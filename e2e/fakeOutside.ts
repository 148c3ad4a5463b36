// The environment of the fake engine: stored models, GPU, hub listings, browser storage.
import { MODELS } from '../src/catalogue';
import { E5_SMALL } from '../src/catalogue/embedders';
import type { DeviceProbe, DeviceSummary, KernelCheck } from '../src/protocol/device';
import type { CachedModel, PartialImport } from '../src/protocol/models';
import { AppError } from '../src/shared/errors';
import type { BrowserStorage } from '../src/store';

/** A list of records in localStorage; they survive a reload. */
function records<T extends { id: string }>(key: string) {
  const all = () => JSON.parse(localStorage.getItem(key) ?? '[]') as T[];
  const write = (rows: T[]) => localStorage.setItem(key, JSON.stringify(rows));
  const remove = (id: string) => write(all().filter((row) => row.id !== id));
  return { all, remove, put: (row: T) => write([row, ...all().filter(({ id }) => id !== row.id)]) };
}
export const stored = records<CachedModel>('fake-engine-models');
export const partial = records<PartialImport>('fake-engine-partial');
export const storedBytes = () =>
  stored.all().reduce((sum, { packedBytes, disk }) => sum + (disk ? 0 : packedBytes), 0) +
  partial.all().reduce((sum, row) => sum + row.storedBytes, 0);

export const GPU: DeviceSummary = {
  vendor: 'fake',
  architecture: '',
  description: 'Fake graphics',
  software: false,
  features: [],
  limits: { maxBufferSize: 2 ** 28 },
};

/** A mid-range GPU: GLM-4-9B at about 12 tokens a second. */
export function fakeProbe(query: URLSearchParams, room: number): DeviceProbe {
  return {
    device: GPU,
    allocatableBytes: Number(query.get('gpu') ?? 12e9),
    allocationCapped: false,
    layer: { weightBytes: 114.8e6, decodeMs: 1.75, prefillTokens: 128, prefillMs: 12 },
    head: { weightBytes: 349e6, decodeMs: 5.3 },
    stepMs: 3,
    storage: { usageBytes: storedBytes(), quotaBytes: room, persisted: false },
    tookMs: 3200,
    measuredAt: Date.now(),
  };
}

/** Results of a check; the eighth kernel is wrong. */
export function fakeKernels(from: number, count: number): KernelCheck[] {
  return Array.from({ length: count }, (_, i) => ({
    kernel: `matmul_q4:TOKEN_LANES=${from + i},SWIGLU=0`,
    right: from + i !== 7,
    difference: from + i === 7 ? 0.31 : 3.2e-6,
    allowed: 2.8e-3,
  }));
}

/** Lists the files the catalogue expects in a repository, in the format of Hugging Face or ModelScope. */
export async function fakeHub(url: string): Promise<unknown> {
  const isModelScope = url.includes('modelscope');
  const repo = /\/api\/(?:v1\/)?models\/([^/]+\/[^/]+)\//.exec(url)?.[1];
  const host = isModelScope ? 'modelscope' : 'huggingface';
  const variants = [...MODELS, E5_SMALL]
    .flatMap(({ variants: all }) => all)
    .filter(({ repos }) => repos[host] === repo);
  if (variants.length === 0) throw new AppError('not-found', 'fake', { url });
  const oid = 'ab'.repeat(32);
  const files = variants.flatMap(({ files: names, downloadBytes }) =>
    names.map((path) => ({ path, size: Math.round(downloadBytes / names.length) })),
  );
  return isModelScope
    ? {
        Data: {
          Files: files.map(({ path, size }) => ({ Path: path, Size: size, Type: 'blob', Sha256: oid })),
        },
      }
    : files.map((file) => ({ ...file, type: 'file', lfs: { oid } }));
}

/** Storage of `room` bytes, shared with the stored fake models. */
export function fakeStorage(query: URLSearchParams): BrowserStorage {
  const key = 'fake-storage-persisted';
  return {
    estimate: async () => ({
      usageBytes: storedBytes() + 42e6,
      quotaBytes: Number(query.get('room') ?? 120e9),
    }),
    persisted: async () => localStorage.getItem(key) === 'yes',
    persist: async () => (localStorage.setItem(key, 'yes'), true),
  };
}
