import { isAbort, toWireError } from '../../shared/errors';
import type { SliceMaker } from '../appState';
import type { StorageSlice } from './state';
import type { StorageState, StoredJob } from '../types';

export const createStorageSlice: SliceMaker<StorageSlice> = (set, get, { client, storage, saveFile }) => {
  const patch = (change: Partial<StorageState>) => set({ storage: { ...get().storage, ...change } });
  const verifying = new Map<string, AbortController>();
  const without = <T>(rows: Record<string, T>, id: string) =>
    Object.fromEntries(Object.entries(rows).filter(([key]) => key !== id));
  const begin = (id: string, job: StoredJob) => patch({ jobs: { ...get().storage.jobs, [id]: job } });
  const end = (id: string) => patch({ jobs: without(get().storage.jobs, id) });

  async function look(): Promise<void> {
    const [estimate, persisted] = await Promise.all([
      storage.estimate().catch(() => null),
      storage.persisted().catch(() => false),
    ]);
    patch({ estimate, persisted });
  }

  return {
    storage: { estimate: null, persisted: false, jobs: {}, checked: {} },
    refreshStorage: look,
    async askPersistence() {
      if (get().storage.persisted) return;
      await storage.persist().catch(() => false);
      await look();
    },
    async verifyStored(id) {
      if (get().storage.jobs[id]) return;
      const controller = new AbortController();
      verifying.set(id, controller);
      begin(id, { kind: 'verify', fraction: 0 });
      patch({ checked: without(get().storage.checked, id) });
      try {
        const files = await get().filesOfStored(id);
        const { damagedShards, repairedShards } = await client.call(
          'verifyModel',
          { id, ...(files && { files }) },
          {
            signal: controller.signal,
            onEvent: ({ doneBytes, totalBytes }) =>
              begin(id, { kind: 'verify', fraction: totalBytes > 0 ? doneBytes / totalBytes : 0 }),
          },
        );
        const found = { damaged: damagedShards.length, repaired: repairedShards.length };
        patch({ checked: { ...get().storage.checked, [id]: found } });
      } catch (error) {
        if (!isAbort(error)) get().notify(toWireError(error));
      } finally {
        verifying.delete(id);
        end(id);
      }
    },
    cancelVerify: (id) => verifying.get(id)?.abort(),
    async exportStored(id) {
      if (get().storage.jobs[id]) return;
      begin(id, { kind: 'export', fraction: 0 });
      try {
        const { blob, fileName } = await client.call('exportModel', { id });
        saveFile(blob, fileName);
      } catch (error) {
        get().notify(toWireError(error));
      } finally {
        end(id);
      }
    },
  };
};
