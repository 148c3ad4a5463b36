import type { CachedModel, ModelSource } from '../protocol/engine';
import { isAbort, toWireError, type ErrorCode } from '../shared/errors';
import type { SliceMaker } from './appStore';
import type { ModelState } from './types';

export interface ModelSlice {
  model: ModelState;
  /** Where the built-in model comes from. */
  nanoUrl: string;
  /** First load of the page: the model used last if it is stored, else Nano. */
  startModel(): Promise<void>;
  loadModel(source: ModelSource): Promise<void>;
  loadNano(): Promise<void>;
  cancelLoad(): void;
  /** The load that failed or was lost, once more. */
  retryLoad(): Promise<void>;
  deleteStoredModel(id: string): Promise<void>;
}

/** Above this size an import asks the browser for storage that is not evicted. */
const PERSIST_ABOVE_BYTES = 100e6;
/** Without these the page cannot run any model; everything else is about one model. */
const UNSUPPORTED: ErrorCode[] = ['no-webgpu', 'no-adapter'];

const fileName = (url: string) => decodeURIComponent(new URL(url).pathname.split('/').pop() ?? url);

export const createModelSlice: SliceMaker<ModelSlice> = (set, get, deps) => {
  const { client, nanoUrl, persistStorage } = deps;
  let lastSource: ModelSource = { kind: 'url', url: nanoUrl };
  let current: AbortController | null = null;
  let asksPersistence = true;
  const patch = (change: Partial<ModelState>) => set({ model: { ...get().model, ...change } });

  function fail(reason: unknown): void {
    const error = toWireError(reason);
    const status = UNSUPPORTED.includes(error.code) ? 'unsupported' : 'failed';
    patch({ status, error, progress: null });
  }

  function persistOnce(bytes: number): void {
    if (!asksPersistence || bytes <= PERSIST_ABOVE_BYTES) return;
    asksPersistence = false;
    persistStorage().catch(() => false); // refused or unknown: the import works, eviction stays possible
  }

  function sourceName(source: ModelSource): string {
    if (source.kind === 'files') return source.files[0]?.name ?? '';
    if (source.kind === 'url') return source.url === nanoUrl ? 'Nano' : fileName(source.url);
    return get().model.stored.find((model) => model.id === source.id)?.name ?? source.id;
  }

  async function refreshStored(): Promise<CachedModel[]> {
    try {
      const stored = await client.call('listModels', {});
      patch({ stored });
      return stored;
    } catch (error) {
      get().notify(toWireError(error));
      return [];
    }
  }

  async function loadModel(source: ModelSource): Promise<void> {
    // A question that waits for a model may as well wait for this one.
    if (get().turn?.phase !== 'waiting') get().stop();
    current?.abort();
    const controller = (current = new AbortController());
    const isCurrent = () => current === controller;
    lastSource = source;
    const { info, previous } = get().model;
    patch({
      status: 'loading',
      loadingName: sourceName(source),
      progress: null,
      error: null,
      info: null,
      previous: info ? { id: info.id, name: info.name } : previous,
    });
    if (source.kind === 'files') persistOnce(source.files.reduce((sum, file) => sum + file.size, 0));
    try {
      const loaded = await client.call(
        'load',
        { source },
        {
          signal: controller.signal,
          onEvent: (progress) => {
            if (!isCurrent()) return;
            if (progress.phase === 'import') persistOnce(progress.totalBytes);
            patch({ progress });
          },
        },
      );
      if (!isCurrent()) return;
      current = null;
      patch({ status: 'ready', info: loaded, progress: null, previous: null });
      get().setPreferences({ lastModelId: loaded.id });
      await refreshStored();
    } catch (error) {
      if (!isCurrent()) return;
      current = null;
      if (isAbort(error)) patch({ status: 'none', progress: null });
      else fail(error);
    }
  }

  client.onDeviceLost((error) => {
    current?.abort();
    current = null;
    const { info } = get().model;
    if (info) lastSource = { kind: 'cached', id: info.id };
    patch({ status: 'lost', error: toWireError(error), info: null, progress: null });
  });

  return {
    nanoUrl,
    model: {
      status: 'loading',
      loadingName: 'Nano',
      progress: null,
      info: null,
      error: null,
      previous: null,
      stored: [],
      device: null,
    },
    async startModel() {
      try {
        patch({ device: await client.call('device', {}) });
      } catch (error) {
        return fail(error);
      }
      const stored = await refreshStored();
      const { lastModelId } = get().preferences;
      const last = stored.find((model) => model.id === lastModelId);
      if (!last) return get().loadNano();
      await loadModel({ kind: 'cached', id: last.id });
      // A stored Nano that cannot be read is no reason to stop: the page can fetch it again.
      if (get().model.status === 'failed' && last.origin === nanoUrl) await get().loadNano();
    },
    loadModel,
    loadNano: () => loadModel({ kind: 'url', url: nanoUrl }),
    cancelLoad() {
      current?.abort();
      current = null; // at once; the engine's answer to the abort is then old news
      if (get().model.status === 'loading') patch({ status: 'none', progress: null });
    },
    retryLoad: () => loadModel(lastSource),
    async deleteStoredModel(id) {
      try {
        await client.call('deleteModel', { id });
      } catch (error) {
        get().notify(toWireError(error));
      }
      await refreshStored();
    },
  };
};
