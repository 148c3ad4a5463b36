import type { CachedModel, ModelInfo, ModelSource } from '../../protocol/models';
import { isAbort, toWireError, type ErrorCode } from '../../shared/errors';
import type { AppState, SliceMaker } from '../appState';
import type { ModelSlice } from './state';
import { isOldNano, isSameModel, NANO_NAME, needsImport, sourceName } from './modelSources';
import type { ModelState } from '../types';

/** Without these the page cannot run any model; everything else is about one model. */
const UNSUPPORTED: ErrorCode[] = ['no-webgpu', 'no-adapter'];

/** Failures after which the engine holds no model, however early in the load they came. */
const ENGINE_IS_EMPTY: ErrorCode[] = ['no-webgpu', 'no-adapter', 'device-lost', 'model-in-use', 'bug'];

interface Load {
  controller: AbortController;
  keptModel: () => ModelInfo | null;
}

/** The built-in model is the one in use, or on its way. */
export const usesNano = ({ model, nanoUrl }: Pick<AppState, 'model' | 'nanoUrl'>): boolean =>
  model.info ? model.info.origin === nanoUrl : model.status === 'loading' && model.loadingName === NANO_NAME;

export const createModelSlice: SliceMaker<ModelSlice> = (set, get, deps) => {
  const { client, nanoUrl } = deps;
  let lastSource: ModelSource = { kind: 'url', url: nanoUrl };
  let current: Load | null = null;
  const patch = (change: Partial<ModelState>) => set({ model: { ...get().model, ...change } });

  function fail(reason: unknown, kept: ModelInfo | null = null): void {
    const error = toWireError(reason);
    const usable = ENGINE_IS_EMPTY.includes(error.code) ? null : kept;
    const status = usable ? 'ready' : UNSUPPORTED.includes(error.code) ? 'unsupported' : 'failed';
    patch({ status, error, info: usable, progress: null });
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

  async function loadModel(source: ModelSource): Promise<ModelInfo | null> {
    lastSource = source;
    if (!needsImport(source, nanoUrl)) return toDevice(source);
    await get().importModel(source);
    return null;
  }

  /** Somebody who changes the model wants it in the chat on screen, if that had another. */
  function adopt(info: ModelInfo | null, chatId: string): void {
    if (info && get().chats[chatId]?.model) get().setChatModel(chatId, info);
  }

  async function toDevice(source: ModelSource): Promise<ModelInfo | null> {
    // A question that waits for a model may as well wait for this one.
    const { turn, chats } = get();
    if (turn && turn.phase !== 'waiting' && !chats[turn.chatId]?.server) get().stop();
    current?.controller.abort();
    const { info, previous } = get().model;
    // Until weights move to the GPU, the engine still has the model before (Engine.load); a stop or failure keeps it.
    let kept = info ?? current?.keptModel() ?? null;
    const load: Load = (current = { controller: new AbortController(), keptModel: () => kept });
    const isCurrent = () => current === load;
    patch({
      status: 'loading',
      loadingName: sourceName(source, nanoUrl, get().model.stored),
      progress: null,
      error: null,
      info: null,
      previous: info ? { id: info.id, name: info.name } : previous,
    });
    const { contextTokens } = get().preferences;
    const { signal } = load.controller;
    const started = performance.now();
    try {
      const isOnDisk =
        source.kind === 'cached' && get().model.stored.some(({ id, disk }) => disk && id === source.id);
      const complete = isOnDisk ? await get().withFiles(source) : source;
      signal.throwIfAborted();
      const loaded = await client.call(
        'load',
        { source: complete, ...(contextTokens && { options: { contextTokens } }) },
        {
          signal,
          onEvent: (progress) => {
            if (!isCurrent()) return;
            if (progress.phase === 'upload') kept = null;
            patch({ progress });
          },
        },
      );
      if (!isCurrent()) return null;
      current = null;
      const loadMs = performance.now() - started;
      patch({ status: 'ready', info: loaded, progress: null, previous: null, loadMs });
      set({ lastRun: null });
      if (get().modelsTab === 'own') get().setModelsTab('here'); // what was opened is listed there
      get().setPreferences({ lastModelId: loaded.id });
      await Promise.all([refreshStored(), get().refreshDownloads(), get().refreshStorage()]);
      return loaded;
    } catch (error) {
      if (!isCurrent()) return null;
      current = null;
      if (isAbort(error)) patch({ status: 'none', progress: null });
      else fail(error, kept);
      return null;
    }
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
      progress: null,
      loadingName: name,
    });
  });

  return {
    nanoUrl,
    model: {
      status: 'loading',
      loadingName: NANO_NAME,
      progress: null,
      info: null,
      loadMs: null,
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
      get().offerInterrupted();
      const stored = found.filter((model) => !isOldNano(model, nanoUrl));
      const old = found.filter((model) => isOldNano(model, nanoUrl));
      for (const { id } of old) await get().deleteStoredModel(id);
      if (current || get().model.status !== 'loading') return; // a person was quicker, and has the say
      const { lastModelId } = get().preferences;
      const last = stored.find((model) => model.id === lastModelId);
      if (!last || (last.disk && !(await get().mayReadAtStart(last)))) {
        await loadModel({ kind: 'url', url: nanoUrl });
        return;
      }
      await loadModel({ kind: 'cached', id: last.id });
      // A stored Nano that cannot be read is no reason to stop: the page can fetch it again.
      if (get().model.status === 'failed' && last.origin === nanoUrl)
        await loadModel({ kind: 'url', url: nanoUrl });
    },
    async loadModel(source) {
      const { currentId } = get();
      const info = await loadModel(source);
      adopt(info, currentId);
      return info;
    },
    async loadNano() {
      await get().loadModel({ kind: 'url', url: nanoUrl });
    },
    takeModel(model) {
      const { currentId, model: now } = get();
      get().setChatModel(currentId, model);
      if (now.info && isSameModel(now.info, model)) return;
      const isNano = isSameModel(model, { id: '', name: '', origin: nanoUrl });
      void get().loadModel(isNano ? { kind: 'url', url: nanoUrl } : { kind: 'cached', id: model.id });
    },
    refreshStored,
    async setContextTokens(contextTokens) {
      get().setPreferences({ contextTokens });
      const { info } = get().model;
      if (info) await loadModel({ kind: 'cached', id: info.id });
    },
    cancelLoad() {
      if (!current) return;
      const { controller, keptModel } = current;
      current = null; // at once; the engine's answer to the abort is then old news
      controller.abort();
      const info = keptModel();
      patch({ status: info ? 'ready' : 'none', info, progress: null });
    },
    awaitModel(name) {
      const isAlone = !current && !get().model.info;
      patch({ error: null, ...(isAlone && { status: 'loading', loadingName: name, progress: null }) });
    },
    importEnded(error) {
      if (current || get().model.info) return error ? patch({ error }) : undefined;
      if (error) fail(error);
      else patch({ status: 'none', progress: null });
    },
    markModelMissing: () => patch({ status: 'none', info: null }),
    dismissModelError: () => patch({ error: null }),
    async retryLoad() {
      await loadModel(lastSource);
    },
    async deleteStoredModel(id) {
      try {
        await client.call('deleteModel', { id });
      } catch (error) {
        get().notify(toWireError(error));
      }
      await get().forgetFilesOf(id);
      await Promise.all([refreshStored(), get().refreshStorage()]);
    },
  };
};
