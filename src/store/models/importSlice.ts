import type { LoadProgress } from '../../protocol/models';
import { isAbort, toWireError } from '../../shared/errors';
import type { AppState, SliceMaker } from '../appState';
import type { ImportSlice } from './state';
import { currentChat } from '../chats/chatsSlice';
import { downloadOrigin, sourceName, type ImportableSource } from './modelSources';

/** Above this size an import asks the browser for storage that is not evicted. */
const PERSIST_ABOVE_BYTES = 100e6;
/** How often the speed of a download is noted; the first moments say little. */
const KEEP_SPEED_EVERY_MS = 5000;

/** Origin of the download under way, '' when there is none. */
export const downloading = ({ incoming }: Pick<AppState, 'incoming'>): string =>
  incoming && incoming.readyId === null ? incoming.origin : '';

interface Import {
  controller: AbortController;
  /** Stopped by a person. */
  paused: boolean;
}

export const createImportSlice: SliceMaker<ImportSlice> = (set, get, { client, nanoUrl }) => {
  let current: Import | null = null;
  let asksPersistence = true;
  let speedKeptAt = Date.now();

  function persistOnce(bytes: number): void {
    if (!asksPersistence || bytes <= PERSIST_ABOVE_BYTES) return;
    asksPersistence = false;
    void get().askPersistence();
  }

  function onProgress(progress: LoadProgress, origin: string): void {
    const { incoming, preferences } = get();
    if (incoming) set({ incoming: { ...incoming, progress } });
    if (progress.phase !== 'import') return;
    persistOnce(progress.totalBytes);
    if (!origin) return;
    if (preferences.runningDownload !== origin) get().setPreferences({ runningDownload: origin });
    const { bytesPerSecond } = progress;
    if (Date.now() < speedKeptAt + KEEP_SPEED_EVERY_MS || bytesPerSecond <= 0) return;
    speedKeptAt = Date.now();
    get().rememberDownloadSpeed(bytesPerSecond);
  }

  /** Somebody reads or writes: another model now would cut in. */
  function isMidChat(since: number): boolean {
    const { turn, model } = get();
    if (!model.info) return false;
    if (turn && turn.phase !== 'waiting') return true;
    return currentChat(get()).messages.some(({ createdAt }) => createdAt > since);
  }

  /** What a download left behind. */
  const lookAround = () => Promise.all([get().refreshDownloads(), get().refreshStorage()]);

  async function importModel(source: ImportableSource): Promise<void> {
    current?.controller.abort();
    const running: Import = (current = { controller: new AbortController(), paused: false });
    const isCurrent = () => current === running;
    const origin = downloadOrigin(source, nanoUrl);
    const name = sourceName(source, nanoUrl, get().model.stored);
    const startedAt = Date.now();
    set({ incoming: { name, origin, progress: null, readyId: null } });
    get().awaitModel(name);
    if (source.kind === 'files') persistOnce(source.files.reduce((sum, file) => sum + file.size, 0));
    try {
      const { id } = await client.call(
        'import',
        { source: get().withToken(source) },
        {
          signal: running.controller.signal,
          onEvent: (progress) => {
            if (isCurrent()) onProgress(progress, origin);
          },
        },
      );
      if (!isCurrent()) return;
      get().setPreferences({ lastModelId: id, ...(origin && { runningDownload: null }) });
      await get().refreshStored();
      if (!isCurrent()) return;
      current = null;
      if (get().model.info?.id === id) {
        set({ incoming: null }); // it was here, and is in use
      } else if (isMidChat(startedAt)) {
        set({ incoming: { name, origin, progress: null, readyId: id } });
        await lookAround();
      } else {
        set({ incoming: null });
        await get().loadModel({ kind: 'cached', id });
      }
    } catch (error) {
      if (isCurrent()) {
        current = null;
        set({ incoming: null });
        get().importEnded(isAbort(error) ? null : toWireError(error));
      }
      if (!origin) return;
      await lookAround();
      if (running.paused) get().offerDownload(origin);
    }
  }

  return {
    incoming: null,
    importModel,
    pauseImport() {
      if (!current) return;
      const { controller } = current;
      current.paused = true;
      current = null; // at once; the engine's answer to the abort is then old news
      set({ incoming: null });
      controller.abort();
      get().importEnded(null);
      get().setPreferences({ runningDownload: null, leftDownloadsAt: Date.now() });
    },
    switchNow() {
      const id = get().incoming?.readyId;
      if (!id) return;
      set({ incoming: null });
      void get().loadModel({ kind: 'cached', id });
    },
    switchLater: () => set({ incoming: null }),
  };
};
