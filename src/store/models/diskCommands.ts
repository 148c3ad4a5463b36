// Commands about models in files on disk: they find files, and have the desk load them.
import type { DiskModels, InPlace } from './diskModels';
import type { ModelDesk } from './modelDesk';
import type { ModelCommands } from './state';
import type { StoredModels } from './storedModels';
import type { ModelsPorts } from '../ports';

type DiskCommands = Pick<
  ModelCommands,
  | 'closeChoice'
  | 'copyFromDisk'
  | 'dismissAskAgain'
  | 'forgetFromDisk'
  | 'openChosen'
  | 'openFiles'
  | 'openHandles'
  | 'pickFiles'
  | 'pickFolder'
  | 'readAnew'
  | 'reopenFromDisk'
>;

interface DiskCommandParts {
  desk: ModelDesk;
  disk: DiskModels;
  stored: StoredModels;
  ports: ModelsPorts;
}

export function diskCommands({ desk, disk, stored, ports }: DiskCommandParts): DiskCommands {
  async function copy(finding: Promise<File[] | null>): Promise<void> {
    const files = await finding;
    if (files) void desk.open({ kind: 'files', files });
  }

  async function readInPlace(inPlace: InPlace): Promise<void> {
    disk.noteInPlace(inPlace);
    const { files, record } = inPlace;
    const info = await desk.open({ kind: 'disk', files });
    if (info && record !== null) await disk.tie(record, info.id);
  }

  /** Deletes a stored model once another one is in use: deleting the one in use would unload it. */
  async function deleteAfterUse(id: string): Promise<void> {
    const inUse = () => desk.state.status === 'loading' || desk.state.info?.id === id;
    if (!inUse()) return desk.delete(id);
    const unsubscribe = desk.subscribe(() => {
      if (inUse()) return;
      unsubscribe();
      void desk.delete(id);
    });
  }

  return {
    pickFiles: () => copy(disk.pickFiles()),
    pickFolder: () => copy(disk.pickFolder()),
    openFiles: (files, folder) => void copy(disk.openFiles(files, folder)),
    openHandles: (handles) => copy(disk.openHandles(handles)),
    async openChosen(way) {
      const picked = disk.takeChoice();
      if (!picked) return;
      if (way === 'copy') {
        void desk.open({ kind: 'files', files: picked.files });
        await disk.remember(picked);
      } else {
        await readInPlace({ files: picked.files, record: await disk.remember(picked) });
      }
    },
    closeChoice: () => void disk.takeChoice(),
    reopenFromDisk: (id) => copy(disk.reopen(id)),
    forgetFromDisk: (id) => disk.forget(id),
    async copyFromDisk(modelId) {
      const model = stored.find(modelId);
      const files = await disk.findFiles(model);
      if (!model || !files) return;
      await desk.open({ kind: 'files', files });
      const { lastModelId } = ports.preferences.read(); // the model imported last
      const copied = stored.state.models.some(
        (row) => !row.disk && row.id === lastModelId && row.name === model.name,
      );
      if (copied) await deleteAfterUse(modelId); // else it was stopped or failed, and the model still lies on disk
    },
    async readAnew(modelId) {
      const { lastInPlace } = disk;
      if (!lastInPlace || !(await stored.delete(modelId))) return;
      const again = await disk.reread(lastInPlace);
      if (again) await readInPlace(again);
    },
    dismissAskAgain: () => disk.dismissAskAgain(),
  };
}
