// Models that stay in files on disk: the choice, the permission, and files that are no longer what they were.
import { describe, expect, test } from 'vitest';
import type { CachedModel } from '../../protocol/models';
import { AppError } from '../../shared/errors';
import type { DiskFiles, PickedFiles } from './diskFiles';
import { info, setUp, until } from '../scriptedStore';

const gguf = new File(['GGUF'], 'glm.gguf');
const handle = { kind: 'file', name: 'glm.gguf' } as FileSystemHandle;
const stored: CachedModel = {
  id: 'disk',
  name: 'GLM',
  origin: 'glm.gguf',
  packedBytes: 5e9,
  sourceBytes: 5e9,
  importedAt: 1,
  disk: [{ name: 'glm.gguf', bytes: 5e9 }],
};

/** Handles in memory: `permission` is what the browser says, `ties` what belongs to which model. */
function disk(permission: PermissionState = 'granted', files: File[] = [gguf]) {
  const ties = new Map<string, string | null>([['record', 'disk']]);
  const asked: string[] = [];
  const diskFiles: Partial<DiskFiles> = {
    readHandles: async (handles): Promise<PickedFiles> => ({ name: files[0].name, files, handles }),
    remember: async () => 'record',
    open: async (id) => {
      asked.push(id);
      if (permission === 'denied') throw new AppError('file-permission', 'refused', { name: 'glm.gguf' });
      return files;
    },
    tie: async (id, modelId) => void ties.set(id, modelId),
    recordOf: async (modelId) => [...ties].find(([, owner]) => owner === modelId)?.[0],
    isGranted: async () => permission === 'granted',
    forget: async (id) => void ties.delete(id),
  };
  return { diskFiles, ties, asked };
}

describe('files with handles', () => {
  test('wait for the choice; in place nothing is imported, and they belong to the model then', async () => {
    const { diskFiles, ties } = disk();
    ties.clear();
    const { store, loads, imports } = setUp({}, { diskFiles });
    await store.getState().desk.startModel();
    await store.getState().desk.openHandles([handle]);
    expect(store.getState().disk.choice).toEqual({ name: 'glm.gguf', bytes: 4, parts: 1 });
    expect(loads).toHaveLength(1);
    await store.getState().desk.openChosen('in-place');
    expect(store.getState().disk.choice).toBeNull();
    expect(loads.at(-1)?.source).toEqual({ kind: 'disk', files: [gguf] });
    expect(imports).toEqual([]);
    expect(ties.get('record')).toBe('disk');
    expect(store.getState().model.info?.id).toBe('disk');
  });

  test('copied into the browser: the row of the file goes once the copy is in use, and not when copying fails', async () => {
    const { diskFiles } = disk();
    let rows = [stored];
    let failing = true;
    const deleted: string[] = [];
    const { store } = setUp(
      {
        listModels: async () => rows,
        load: async ({ source }) => info(source.kind === 'cached' ? source.id : 'disk'),
        import: async () => {
          if (failing) throw new AppError('storage-quota', 'full', {});
          rows = [stored, { ...stored, id: 'copy', disk: undefined }];
          return { id: 'copy', name: 'GLM' };
        },
        deleteModel: async ({ id }) => {
          expect(store.getState().model.info?.id).toBe('copy');
          deleted.push(id);
          rows = rows.filter((row) => row.id !== id);
          return null;
        },
      },
      { diskFiles, preferences: { lastModelId: 'disk' } },
    );
    await store.getState().desk.startModel();
    expect(store.getState().model.info?.id).toBe('disk');
    await store.getState().desk.copyFromDisk('disk');
    expect(deleted).toEqual([]);
    failing = false;
    await store.getState().desk.copyFromDisk('disk');
    await until(() => deleted.length === 1);
    await until(() => store.getState().storage.models.length === 1);
    expect(store.getState().storage.models[0].id).toBe('copy');
  });

  test('may be copied instead', async () => {
    const { diskFiles } = disk();
    const { store, imports } = setUp({}, { diskFiles });
    await store.getState().desk.startModel();
    await store.getState().desk.openHandles([handle]);
    await store.getState().desk.openChosen('copy');
    expect(imports.at(-1)?.source).toEqual({ kind: 'files', files: [gguf] });
  });

  test('of original weights are imported without a question: they are quantised once', async () => {
    const weights = new File(['x'], 'model.safetensors');
    const { diskFiles } = disk('granted', [weights]);
    const { store, imports } = setUp({}, { diskFiles });
    await store.getState().desk.startModel();
    await store.getState().desk.openHandles([handle]);
    expect(store.getState().disk.choice).toBeNull();
    expect(imports).toHaveLength(1);
  });
});

describe('a stored model that lies on disk', () => {
  test('is loaded with its files, at the start too where the permission lasted', async () => {
    const { diskFiles } = disk();
    const { store, loads } = setUp({}, { diskFiles, stored: [stored], preferences: { lastModelId: 'disk' } });
    await store.getState().desk.startModel();
    expect(loads).toEqual([{ source: { kind: 'disk', id: 'disk', files: [gguf] } }]);
    expect(store.getState().disk.askAgain).toBeNull();
  });

  test('waits for a click where it did not; Nano answers meanwhile', async () => {
    const { diskFiles, asked } = disk('prompt');
    const { store, loads } = setUp({}, { diskFiles, stored: [stored], preferences: { lastModelId: 'disk' } });
    await store.getState().desk.startModel();
    expect(store.getState().model.info?.id).toBe('nano');
    expect(store.getState().disk.askAgain).toEqual({ id: 'disk', name: 'GLM' });
    expect(asked).toEqual([]);
    await store.getState().desk.loadModel({ kind: 'cached', id: 'disk' });
    expect(asked).toEqual(['record']);
    expect(loads.at(-1)?.source).toEqual({ kind: 'disk', id: 'disk', files: [gguf] });
    expect(store.getState().disk.askAgain).toBeNull();
  });

  test('that may not be read says so, and the model in use stays', async () => {
    const { diskFiles } = disk('denied');
    const { store, loads } = setUp({}, { diskFiles, stored: [stored] });
    await store.getState().desk.startModel();
    await store.getState().desk.loadModel({ kind: 'cached', id: 'disk' });
    expect(store.getState().model).toMatchObject({
      status: 'ready',
      info: { id: 'nano' },
      error: { code: 'file-permission', details: { name: 'glm.gguf' } },
    });
    expect(loads).toHaveLength(1);
    expect(store.getState().storage.models).toEqual([stored]);
  });

  test('whose file changed is read anew only on request: the old manifest is deleted first', async () => {
    const deleted: string[] = [];
    const { diskFiles, ties } = disk();
    const { store, loads } = setUp(
      {
        load: async ({ source }) => {
          if (source.kind === 'disk' && source.id === 'disk')
            throw new AppError('file-changed', 'changed', { name: 'glm.gguf', id: 'disk' });
          return info(source.kind === 'disk' ? 'disk-2' : 'nano');
        },
        deleteModel: async ({ id }) => (deleted.push(id), null),
      },
      { diskFiles, stored: [stored] },
    );
    await store.getState().desk.startModel();
    await store.getState().desk.loadModel({ kind: 'cached', id: 'disk' });
    expect(store.getState().model.error?.code).toBe('file-changed');
    expect(deleted).toEqual([]);
    await store.getState().desk.readAnew('disk');
    expect(deleted).toEqual(['disk']);
    expect(loads.at(-1)?.source).toEqual({ kind: 'disk', files: [gguf] });
    expect(ties.get('record')).toBe('disk-2');
  });

  test('is verified with its files; forgetting it leaves them alone', async () => {
    const { diskFiles, ties } = disk();
    const verified: unknown[] = [];
    const { store } = setUp(
      {
        verifyModel: async (args) => (verified.push(args), { damagedShards: [], repairedShards: [] }),
        deleteModel: async () => null,
      },
      { diskFiles, stored: [stored] },
    );
    await store.getState().desk.startModel();
    await store.getState().desk.verifyStored('disk');
    expect(verified).toEqual([{ id: 'disk', files: [gguf] }]);
    await store.getState().desk.deleteStoredModel('disk');
    await until(() => !ties.has('record'));
  });
});
