import { AppError, toWireError } from '../../shared/errors';
import type { SliceMaker } from '../appState';
import type { FilesSlice } from './state';
import { canStayInPlace, modelFilesOf, type PickedFiles } from './diskFiles';

export const createFilesSlice: SliceMaker<FilesSlice> = (set, get, { diskFiles, client }, subscribe) => {
  /** What the choice is about; handles are no state. */
  let chosen: PickedFiles | null = null;
  /** Files of the last load in place. */
  let last: { files: File[]; record: string | null } | null = null;

  /** Failures here belong to no model: they are said once. */
  async function attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      get().notify(toWireError(error));
    }
  }
  async function open(picked: PickedFiles | null | undefined): Promise<void> {
    if (!picked || picked.files.length === 0) return;
    if (canStayInPlace(picked)) {
      chosen = picked;
      const bytes = picked.files.reduce((sum, file) => sum + file.size, 0);
      set({ diskChoice: { name: picked.name, bytes, parts: picked.files.length } });
      return;
    }
    await copy(picked);
  }
  /** A browser that cannot keep handles costs the list, not the model. */
  async function remember(picked: PickedFiles): Promise<string | null> {
    const id = await diskFiles.remember(picked).catch(() => null);
    await refresh().catch(() => undefined);
    return id;
  }
  async function copy(picked: PickedFiles): Promise<void> {
    void get().loadModel({ kind: 'files', files: picked.files });
    await remember(picked);
  }
  async function readInPlace(files: File[], record: string | null): Promise<void> {
    last = { files, record };
    const info = await get().loadModel({ kind: 'disk', files });
    if (!info || record === null) return;
    await diskFiles.tie(record, info.id).catch(() => undefined);
    await get().refreshDiskModels();
  }
  const refresh = async () => set({ diskModels: await diskFiles.list() });

  return {
    diskModels: [],
    diskChoice: null,
    askAgain: null,
    picksFiles: diskFiles.pickFiles !== undefined,
    picksFolders: diskFiles.pickFolder !== undefined,
    // Without IndexedDB there is nothing to list, which other parts of the page say already.
    refreshDiskModels: () => refresh().catch(() => undefined),
    pickFiles: () => attempt(async () => open(await diskFiles.pickFiles?.())),
    pickFolder: () => attempt(async () => open(await diskFiles.pickFolder?.())),
    openFiles(files, folder) {
      void attempt(async () => {
        const picked: PickedFiles = { name: folder ?? files[0]?.name ?? '', files, handles: [] };
        await open(folder === undefined ? picked : modelFilesOf(picked));
      });
    },
    openHandles: (handles) => attempt(async () => open(await diskFiles.readHandles(handles))),
    openChosen: (way) =>
      attempt(async () => {
        const picked = chosen;
        get().closeChoice();
        if (!picked) return;
        if (way === 'copy') return copy(picked);
        await readInPlace(picked.files, await remember(picked));
      }),
    closeChoice() {
      chosen = null;
      set({ diskChoice: null });
    },
    reopenFromDisk: (id) =>
      attempt(async () => {
        const files = await diskFiles.open(id);
        void get().loadModel({ kind: 'files', files });
      }),
    forgetFromDisk: (id) =>
      attempt(async () => {
        await diskFiles.forget(id);
        await refresh();
      }),
    copyFromDisk: (modelId) =>
      attempt(async () => {
        const files = await get().filesOfStored(modelId);
        if (!files) return;
        const name = get().model.stored.find(({ id }) => id === modelId)?.name;
        await get().loadModel({ kind: 'files', files });
        const { lastModelId } = get().preferences; // of what was imported last
        const copied = get().model.stored.some(
          (row) => !row.disk && row.id === lastModelId && row.name === name,
        );
        if (!copied) return; // stopped, or failed: it still is where it was
        // Deleting the one in use would unload it: its row goes once another is in use.
        const inUse = () => get().model.status === 'loading' || get().model.info?.id === modelId;
        if (!inUse()) return get().deleteStoredModel(modelId);
        const unsubscribe = subscribe(() => {
          if (inUse()) return;
          unsubscribe();
          void get().deleteStoredModel(modelId);
        });
      }),
    readAnew: (modelId) =>
      attempt(async () => {
        const again = last;
        if (!again) return;
        await client.call('deleteModel', { id: modelId });
        if (again.record !== null) await diskFiles.tie(again.record, null);
        const files = again.record === null ? again.files : await diskFiles.open(again.record);
        await readInPlace(files, again.record);
      }),
    async withFiles(source) {
      if (source.kind !== 'cached') return source;
      const files = await get().filesOfStored(source.id);
      if (!files) return source;
      last = { files, record: (await diskFiles.recordOf(source.id)) ?? null };
      set({ askAgain: null });
      return { kind: 'disk', id: source.id, files };
    },
    async filesOfStored(modelId) {
      const stored = get().model.stored.find(({ id }) => id === modelId);
      if (!stored?.disk) return undefined;
      const record = await diskFiles.recordOf(modelId);
      if (record !== undefined) return diskFiles.open(record);
      const { name } = stored.disk[0];
      throw new AppError('file-unreadable', `Where ${name} lies is not known any more. Open it again.`, {
        name,
      });
    },
    async mayReadAtStart({ id, name }) {
      const record = await diskFiles.recordOf(id).catch(() => undefined);
      if (record !== undefined && (await diskFiles.isGranted(record).catch(() => false))) return true;
      set({ askAgain: { id, name } });
      return false;
    },
    async forgetFilesOf(modelId) {
      const record = await diskFiles.recordOf(modelId).catch(() => undefined);
      if (record !== undefined) await diskFiles.forget(record).catch(() => undefined);
      if (get().askAgain?.id === modelId) set({ askAgain: null });
    },
    dismissAskAgain: () => set({ askAgain: null }),
  };
};
