// Commands about models in files on disk: they find files, and have the desk load them.
import { splitEyes } from './diskFiles';
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
    if (files) openCopied(files);
  }

  /** A model, a model with the file of its eyes, or eyes for the model in use. */
  function openCopied(picked: File[]): void {
    const { files, eyes } = splitEyes(picked);
    const source = eyes.length > 0 ? ({ kind: 'files', files: eyes } as const) : undefined;
    if (files.length > 0) void desk.open({ kind: 'files', files }, source);
    else if (source && desk.state.info?.eyes !== undefined) void desk.giveEyes(source);
    else void desk.open({ kind: 'files', files: picked }); // says that these are eyes alone
  }

  async function readInPlace(inPlace: InPlace): Promise<void> {
    const { files, eyes } = splitEyes(inPlace.files);
    const { record } = inPlace;
    disk.noteInPlace({ files, record });
    const info = await desk.open({ kind: 'disk', files });
    if (info && record !== null) await disk.tie(record, info.id);
    if (info && eyes.length > 0) await desk.giveEyes({ kind: 'files', files: eyes });
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
      const areEyes = splitEyes(picked.files).files.length === 0;
      if (way === 'copy' || areEyes) {
        openCopied(picked.files);
        if (!areEyes) await disk.remember(picked);
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
      await desk.open({ kind: 'files', files: splitEyes(files).files });
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
