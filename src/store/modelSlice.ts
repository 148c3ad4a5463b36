import type { CachedModel, LoadProgress, ModelInfo, ModelSource } from '../protocol/engine';
import { isAbort, toWireError, type ErrorCode } from '../shared/errors';
import type { AppState, SliceMaker } from './appStore';
import { downloadOrigin, isOldNano, NANO_NAME, sourceName } from './modelSources';
import type { ModelState } from './types';

export interface ModelSlice {
  model: ModelState;
  /** Where the built-in model comes from. */
  nanoUrl: string;
  /** First load of the page: the model used last if it is stored, else Nano. */
  startModel(): Promise<void>;
  loadModel(source: ModelSource): Promise<void>;
  loadNano(): Promise<void>;
  /** Room for longer chats, or less memory: the model in use is loaded again. */
  setContextTokens(contextTokens: number | null): Promise<void>;
  /** Stops the load. A download keeps what it has, and is offered to be resumed. */
  cancelLoad(): void;
  dismissModelError(): void;
  /** The engine said that it holds none, whatever we believed. */
  markModelMissing(): void;
  /** The load that failed or was lost, once more. */
  retryLoad(): Promise<void>;
  deleteStoredModel(id: string): Promise<void>;
}

/** Above this size an import asks the browser for storage that is not evicted. */
const PERSIST_ABOVE_BYTES = 100e6;
/** How often the speed of a download is noted; the first moments say little. */
const KEEP_SPEED_EVERY_MS = 5000;
/** Without these the page cannot run any model; everything else is about one model. */
const UNSUPPORTED: ErrorCode[] = ['no-webgpu', 'no-adapter'];

/** Failures after which the engine holds no model, however early in the load they came. */
const ENGINE_IS_EMPTY: ErrorCode[] = ['no-webgpu', 'no-adapter', 'device-lost', 'model-in-use', 'bug'];

interface Load {
  controller: AbortController;
  keptModel: () => ModelInfo | null;
  /** Stopped by a person. */
  paused: boolean;
}

/** The built-in model is the one in use, or on its way. */
export const usesNano = ({ model, nanoUrl }: Pick<AppState, 'model' | 'nanoUrl'>): boolean =>
  model.info ? model.info.origin === nanoUrl : model.status === 'loading' && model.loadingName === NANO_NAME;

export const createModelSlice: SliceMaker<ModelSlice> = (set, get, deps) => {
  const { client, nanoUrl } = deps;
  let lastSource: ModelSource = { kind: 'url', url: nanoUrl };
  let current: Load | null = null;
  let asksPersistence = true;
  let speedKeptAt = Date.now();
  const patch = (change: Partial<ModelState>) => set({ model: { ...get().model, ...change } });

  function fail(reason: unknown, kept: ModelInfo | null = null): void {
    const error = toWireError(reason);
    const usable = ENGINE_IS_EMPTY.includes(error.code) ? null : kept;
    const status = usable ? 'ready' : UNSUPPORTED.includes(error.code) ? 'unsupported' : 'failed';
    patch({ status, error, info: usable, downloading: '', progress: null });
  }

  function persistOnce(bytes: number): void {
    if (!asksPersistence || bytes <= PERSIST_ABOVE_BYTES) return;
    asksPersistence = false;
    void get().askPersistence();
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
    current?.controller.abort();
    lastSource = source;
    const { info, previous } = get().model;
    // Until weights move to the GPU, the engine still has the model before (Engine.load); a stop or failure keeps it.
    let kept = info ?? current?.keptModel() ?? null;
    const controller = new AbortController();
    const load: Load = (current = { controller, keptModel: () => kept, paused: false });
    const downloading = downloadOrigin(source, nanoUrl);
    const isCurrent = () => current === load;
    patch({
      status: 'loading',
      loadingName: sourceName(source, nanoUrl, get().model.stored),
      downloading,
      progress: null,
      error: null,
      info: null,
      previous: info ? { id: info.id, name: info.name } : previous,
    });
    if (source.kind === 'files') persistOnce(source.files.reduce((sum, file) => sum + file.size, 0));
    const { contextTokens } = get().preferences;
    try {
      const loaded = await client.call(
        'load',
        { source: get().withToken(source), ...(contextTokens && { options: { contextTokens } }) },
        {
          signal: load.controller.signal,
          onEvent: (progress) => {
            if (!isCurrent()) return;
            if (progress.phase === 'import') onImport(progress);
            if (progress.phase === 'upload') kept = null;
            patch({ progress });
          },
        },
      );
      if (!isCurrent()) return;
      current = null;
      patch({ status: 'ready', info: loaded, downloading: '', progress: null, previous: null });
      if (get().modelsTab === 'own') get().setModelsTab('here'); // what was opened is listed there
      get().setPreferences({ lastModelId: loaded.id, ...(downloading && { runningDownload: null }) });
      await Promise.all([refreshStored(), lookAround()]);
    } catch (error) {
      if (isCurrent()) {
        current = null;
        if (isAbort(error)) patch({ status: 'none', downloading: '', progress: null });
        else fail(error, kept);
      }
      if (!downloading) return;
      await lookAround();
      if (load.paused) get().offerDownload(downloading);
    }
  }

  /** What a download left behind. */
  const lookAround = () => Promise.all([get().refreshDownloads(), get().refreshStorage()]);

  function onImport({ totalBytes, bytesPerSecond }: LoadProgress): void {
    persistOnce(totalBytes);
    const { downloading } = get().model;
    if (!downloading) return;
    if (get().preferences.runningDownload !== downloading) {
      get().setPreferences({ runningDownload: downloading });
    }
    if (Date.now() < speedKeptAt + KEEP_SPEED_EVERY_MS || bytesPerSecond <= 0) return;
    speedKeptAt = Date.now();
    get().rememberDownloadSpeed(bytesPerSecond);
  }

  client.onDeviceLost((error) => {
    current?.controller.abort();
    current = null;
    const { info, loadingName } = get().model;
    if (info) lastSource = { kind: 'cached', id: info.id };
    const name = info?.name ?? loadingName;
    patch({
      status: 'lost',
      error: toWireError(error),
      info: null,
      downloading: '',
      progress: null,
      loadingName: name,
    });
  });

  return {
    nanoUrl,
    model: {
      status: 'loading',
      loadingName: NANO_NAME,
      downloading: '',
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
      const [found] = await Promise.all([refreshStored(), get().refreshDownloads()]);
      const { runningDownload } = get().preferences;
      if (runningDownload) get().offerDownload(runningDownload);
      const stored = found.filter((model) => !isOldNano(model, nanoUrl));
      const old = found.filter((model) => isOldNano(model, nanoUrl));
      for (const { id } of old) await get().deleteStoredModel(id);
      if (current || get().model.status !== 'loading') return; // a person was quicker, and has the say
      const { lastModelId } = get().preferences;
      const last = stored.find((model) => model.id === lastModelId);
      if (!last) return get().loadNano();
      await loadModel({ kind: 'cached', id: last.id });
      // A stored Nano that cannot be read is no reason to stop: the page can fetch it again.
      if (get().model.status === 'failed' && last.origin === nanoUrl) await get().loadNano();
    },
    loadModel,
    loadNano: () => loadModel({ kind: 'url', url: nanoUrl }),
    async setContextTokens(contextTokens) {
      get().setPreferences({ contextTokens });
      const { info } = get().model;
      if (info) await loadModel({ kind: 'cached', id: info.id });
    },
    cancelLoad() {
      if (!current) return;
      const { controller, keptModel } = current;
      current.paused = true;
      current = null; // at once; the engine's answer to the abort is then old news
      controller.abort();
      const info = keptModel();
      patch({ status: info ? 'ready' : 'none', info, downloading: '', progress: null });
      get().setPreferences({ runningDownload: null });
    },
    markModelMissing: () => patch({ status: 'none', info: null }),
    dismissModelError: () => patch({ error: null }),
    retryLoad: () => loadModel(lastSource),
    async deleteStoredModel(id) {
      try {
        await client.call('deleteModel', { id });
      } catch (error) {
        get().notify(toWireError(error));
      }
      await Promise.all([refreshStored(), get().refreshStorage()]);
    },
  };
};
