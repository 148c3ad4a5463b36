import { toWireError } from '../shared/errors';
import type { SliceMaker } from './appStore';
import { modelFilesOf, type PickedFiles } from './diskFiles';
import type { DiskModel } from './types';

export interface FilesSlice {
  /** Opened before; their files can be opened again. Empty where the browser keeps no handles. */
  diskModels: DiskModel[];
  /** The browser has pickers of its own for this; else the page uses file inputs. */
  picksFiles: boolean;
  picksFolders: boolean;
  refreshDiskModels(): Promise<void>;
  pickFiles(): Promise<void>;
  pickFolder(): Promise<void>;
  /** From a file input or a drop without handles; `folder` is its name, if it is one. */
  openFiles(files: File[], folder?: string): void;
  openHandles(handles: FileSystemHandle[]): Promise<void>;
  reopenFromDisk(id: string): Promise<void>;
  forgetFromDisk(id: string): Promise<void>;
}

export const createFilesSlice: SliceMaker<FilesSlice> = (set, get, { diskFiles }) => {
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
    void get().loadModel({ kind: 'files', files: picked.files });
    // A browser that cannot keep handles costs the list, not the model.
    await diskFiles.remember(picked).then(refresh, () => undefined);
  }
  const refresh = async () => set({ diskModels: await diskFiles.list() });

  return {
    diskModels: [],
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
  };
};
