import { describe, expect, test } from 'vitest';
import type { GenerateSummary } from '../../protocol/chat';
import type { CachedModel } from '../../protocol/models';
import { AppError } from '../../shared/errors';
import type { AppStore } from '../appState';
import { shownMessages } from '../chats/selectors';
import { isUnsupported } from './deskState';
import { gate, info, NANO_URL, setUp, until } from '../scriptedStore';
import { spokenText } from '../chats/partText';

const contents = (store: AppStore) => shownMessages(store.getState()).map(({ parts }) => spokenText(parts));
const answered = (store: AppStore) => until(() => store.getState().turn === null);

describe('the model', () => {
  const storedModel = (id: string): CachedModel => ({
    id,
    name: id,
    origin: `file:${id}`,
    packedBytes: 1,
    sourceBytes: 1,
    importedAt: 1,
  });

  test('first start loads Nano, the next one what was used last', async () => {
    const first = setUp();
    await first.store.getState().desk.startModel();
    expect(first.loads).toEqual([{ source: { kind: 'url', url: NANO_URL } }]);
    expect(first.savedPreferences().lastModelId).toBe('nano');

    const next = setUp({}, { stored: [storedModel('glm')], preferences: { lastModelId: 'glm' } });
    await next.store.getState().desk.startModel();
    expect(next.loads).toEqual([{ source: { kind: 'cached', id: 'glm' } }]);
  });

  test('without WebGPU nothing is loaded and the page knows', async () => {
    const { store, loads } = setUp({
      device: async () => {
        throw new AppError('no-webgpu', 'none');
      },
    });
    await store.getState().desk.startModel();
    expect(store.getState().model).toMatchObject({ status: 'failed', error: { code: 'no-webgpu' } });
    expect(isUnsupported(store.getState())).toBe(true);
    expect(loads).toEqual([]);
  });

  test('a load that fails before the upload leaves the model before in use', async () => {
    const { store } = setUp({
      import: async () => {
        throw new AppError('not-found', '404', { url: 'https://example.org/x.gguf' });
      },
    });
    await store.getState().desk.startModel();
    await store.getState().desk.loadModel({ kind: 'url', url: 'https://example.org/x.gguf' });
    expect(store.getState().model).toMatchObject({
      status: 'ready',
      info: { id: 'nano' },
      error: { code: 'not-found' },
    });
  });

  test('a load that fails during the upload leaves none, and names the way back', async () => {
    const { store } = setUp({
      load: async ({ source }, { onEvent }) => {
        if (source.kind !== 'cached') return info('nano');
        onEvent?.({ phase: 'upload', doneBytes: 1, totalBytes: 2, bytesPerSecond: 0, secondsLeft: Infinity });
        throw new AppError('out-of-gpu-memory', 'full', { neededBytes: 6e9 });
      },
    });
    await store.getState().desk.startModel();
    await store.getState().desk.loadModel({ kind: 'files', files: [new File(['GGUF'], 'big.gguf')] });
    expect(store.getState().model).toMatchObject({
      status: 'failed',
      info: null,
      previous: { id: 'nano' },
      error: { code: 'out-of-gpu-memory' },
    });
  });

  test('a cancel takes effect at once and keeps the model before', async () => {
    let aborted = false;
    const { store } = setUp({
      load: ({ source }, { signal }) =>
        source.kind === 'url'
          ? Promise.resolve(info('nano'))
          : new Promise((_, reject) => {
              signal?.addEventListener('abort', () => {
                aborted = true;
                reject(signal.reason as Error);
              });
            }),
    });
    await store.getState().desk.startModel();
    const load = store.getState().desk.loadModel({ kind: 'cached', id: 'glm' });
    await until(() => store.getState().model.status === 'loading');
    store.getState().desk.cancelLoad();
    expect(aborted).toBe(true);
    await load;
    expect(store.getState().model).toMatchObject({ status: 'ready', info: { id: 'nano' }, error: null });
  });

  test('only an import above 100 MB asks for lasting storage, once', async () => {
    const { store, persistAsked } = setUp({
      import: async ({ source }, { onEvent }) => {
        const totalBytes = source.kind === 'url' && source.url.endsWith('small.gguf') ? 12e6 : 5e9;
        for (const doneBytes of [0, totalBytes]) {
          onEvent?.({ phase: 'import', doneBytes, totalBytes, bytesPerSecond: 1, secondsLeft: 1 });
        }
        return { id: 'big', name: 'big' };
      },
    });
    await store.getState().desk.startModel();
    await store.getState().desk.loadModel({ kind: 'url', url: 'https://example.org/small.gguf' });
    expect(persistAsked()).toBe(0);
    await store.getState().desk.loadModel({ kind: 'url', url: 'https://example.org/big.gguf' });
    expect(persistAsked()).toBe(1);
    await store.getState().desk.loadModel({ kind: 'url', url: 'https://example.org/big2.gguf' });
    expect(persistAsked()).toBe(1); // a browser that asks the user asks once
  });

  test('a model chosen from a repository asks for lasting storage in the click that chose it', async () => {
    const { store, persistAsked } = setUp();
    await store.getState().desk.startModel();
    const file = { name: 'glm.gguf', url: 'https://example.org/glm.gguf' };
    const source = { kind: 'remote', origin: 'x', name: 'GLM', files: [file] } as const;
    store
      .getState()
      .desk.loadChoice({ name: file.name, kind: 'gguf', bytes: 5e9, source: { ...source, files: [file] } });
    expect(persistAsked()).toBe(1);
  });

  test('files from disk ask for lasting storage before the first byte is packed', async () => {
    const begun = gate();
    const { store, persistAsked } = setUp({
      import: async () => {
        begun.open();
        return { id: 'big', name: 'big' }; // without a word about its progress
      },
    });
    const sized = (size: number) => Object.defineProperty(new File(['x'], 'a.gguf'), 'size', { value: size });
    await store.getState().desk.loadModel({ kind: 'files', files: [sized(40e6), sized(50e6)] });
    expect(persistAsked()).toBe(0);
    await store.getState().desk.loadModel({ kind: 'files', files: [sized(60e6), sized(50e6)] });
    await begun.promise;
    expect(persistAsked()).toBe(1);
  });

  test('a lost device keeps the text, and reloads the model from the cache', async () => {
    const engine = gate<GenerateSummary>();
    const { store, loads, lose } = setUp({
      generate: (_, { onEvent }) => {
        onEvent?.({ kind: 'text', text: 'Half', tokens: 1, contextUsed: 10 });
        return engine.promise;
      },
    });
    await store.getState().desk.startModel();
    store.getState().send('Hi');
    await until(() => spokenText(store.getState().turn?.parts ?? []) === 'Half');
    const error = new AppError('device-lost', 'gone');
    lose(error);
    engine.fail(error);
    await answered(store);
    expect(store.getState().model).toMatchObject({ status: 'lost', error: { code: 'device-lost' } });
    expect(contents(store)).toEqual(['Hi', 'Half']);
    expect(store.getState().turnError).toBeNull();
    await store.getState().desk.retryLoad();
    expect(loads.at(-1)).toEqual({ source: { kind: 'cached', id: 'nano' } });
    expect(store.getState().model.status).toBe('ready');
  });
});

describe('a load that ended the page', () => {
  const glm: CachedModel = {
    id: 'glm',
    name: 'GLM',
    origin: 'file:glm',
    packedBytes: 1,
    sourceBytes: 1,
    importedAt: 1,
  };
  const never = () => new Promise<never>(() => undefined);

  test('is not tried again at the next start: Nano is used, with a word and a way back', async () => {
    const first = setUp({ load: never }, { stored: [glm], preferences: { lastModelId: 'glm' } });
    void first.store.getState().desk.startModel();
    await until(() => first.saved.get('glm-loading')?.includes('glm') === true);

    const preferences = { lastModelId: 'glm' };
    const next = setUp(
      {},
      { stored: [glm], preferences, saved: [['glm-loading', first.saved.get('glm-loading')!]] },
    );
    await next.store.getState().desk.startModel();
    expect(next.loads.map(({ source }) => source)).toEqual([{ kind: 'url', url: NANO_URL }]);
    const { crashed } = next.store.getState().model;
    expect(crashed).toMatchObject({ name: 'GLM', source: { kind: 'cached', id: 'glm' } });
    await next.store.getState().desk.loadModel(crashed!.source);
    expect(next.store.getState().model).toMatchObject({
      status: 'ready',
      info: { id: 'glm' },
      crashed: null,
    });
    expect(next.saved.get('glm-loading')).toBe('');
  });

  test('Nano is tried twice more, then nothing is loaded', async () => {
    let kept = '';
    for (const expected of [1, 2, 3, 0]) {
      const { store, saved, loads } = setUp({ load: never }, { saved: [['glm-loading', kept]] });
      void store.getState().desk.startModel();
      if (expected > 0)
        await until(() => saved.get('glm-loading')?.includes(`"crashes":${expected}`) === true);
      else await until(() => store.getState().model.status === 'idle');
      expect(loads.length).toBe(expected > 0 ? 1 : 0);
      if (expected === 0) expect(store.getState().model.crashed).toMatchObject({ name: 'Nano' });
      kept = saved.get('glm-loading') ?? '';
    }
  });
});

test('a model that another tab has loaded is in use here too', async () => {
  const { store, loads, changeElsewhere } = setUp();
  await store.getState().desk.startModel();
  changeElsewhere({ info: info('glm'), args: { source: { kind: 'cached', id: 'glm' } } });
  expect(store.getState().model).toMatchObject({ status: 'ready', info: { id: 'glm' } });
  expect(loads.length).toBe(1);
});

test('while the engine heals, the model stays in use', async () => {
  const { store, heal } = setUp();
  await store.getState().desk.startModel();
  heal({ cause: 'device', attempt: 1, name: 'nano', progress: null });
  expect(store.getState().model).toMatchObject({ status: 'ready', healing: { cause: 'device' } });
  heal(null);
  expect(store.getState().model.healing).toBeNull();
});

test('a Nano of an earlier version of the app is replaced, other stored models stay', async () => {
  const old = {
    id: 'old',
    name: 'Nano',
    origin: `${NANO_URL}?v=1`,
    packedBytes: 1,
    sourceBytes: 1,
    importedAt: 1,
  };
  const other = {
    id: 'other',
    name: 'GLM-4',
    origin: 'glm.gguf',
    packedBytes: 1,
    sourceBytes: 1,
    importedAt: 2,
  };
  const deleted: string[] = [];
  const { store, loads } = setUp(
    { deleteModel: async ({ id }) => (deleted.push(id), null) },
    { stored: [old, other], preferences: { lastModelId: 'old' } },
  );
  await store.getState().desk.startModel();
  expect(deleted).toEqual(['old']);
  expect(loads.map(({ source }) => source)).toEqual([{ kind: 'url', url: NANO_URL }]);
});

test('another context length is kept and loads the model again with it', async () => {
  const { store, loads, savedPreferences } = setUp();
  await store.getState().desk.startModel();
  await store.getState().desk.setContextTokens(2048);
  expect(loads.at(-1)).toEqual({ source: { kind: 'cached', id: 'nano' }, options: { contextTokens: 2048 } });
  expect(savedPreferences()).toMatchObject({ contextTokens: 2048 });
});
