// Downloads, the pre-flight, storage and files from disk: what the store asks of the engine, and what it remembers.
import { describe, expect, test } from 'vitest';
import { HUGGING_FACE, MODELS, MODELSCOPE, originOfVariant, recommendedVariant } from '../../catalogue';
import type { DeviceProbe } from '../../protocol/device';
import type { PartialImport } from '../../protocol/models';
import { AppError } from '../../shared/errors';
import { downloading } from './deskState';
import { gate, NANO_URL, setUp, summary, until } from '../scriptedStore';

const model = MODELS[0];
const variant = recommendedVariant(model);
const origin = originOfVariant(model, variant);
const [fileName] = variant.files;

const listing = [{ type: 'file', path: fileName, size: 5e9, lfs: { oid: 'ab'.repeat(32) } }];

const half: PartialImport = {
  id: 'half',
  name: model.name,
  origin,
  source: {
    kind: 'remote',
    origin,
    name: model.name,
    files: [{ url: 'https://huggingface.co/a', name: 'a' }],
  },
  doneBytes: 2e9,
  totalBytes: 5e9,
  storedBytes: 2e9,
  updatedAt: 1,
};

const probe: DeviceProbe = {
  device: {
    vendor: 'test',
    architecture: '',
    description: '',
    software: false,
    features: [],
    limits: {},
  },
  allocatableBytes: 12e9,
  allocationCapped: false,
  layer: { weightBytes: 115e6, decodeMs: 2, prefillTokens: 128, prefillMs: 12 },
  head: { weightBytes: 349e6, decodeMs: 5 },
  storage: { usageBytes: 0, quotaBytes: 1e11, persisted: false },
  tookMs: 3000,
  measuredAt: 1,
};

describe('a download', () => {
  test('asks the hub for its files, then for lasting storage, and loads them with sizes and digests', async () => {
    const asked: string[] = [];
    const { store, imports, persistAsked } = setUp(
      { probe: async () => probe },
      { fetchJson: (url) => (asked.push(url), listing) },
    );
    await store.getState().desk.startModel();
    store.getState().desk.askDownload(model.id, variant.id);
    await store.getState().desk.startDownload(HUGGING_FACE);
    await until(() => store.getState().model.info?.id === origin);
    expect(asked).toHaveLength(1);
    expect(persistAsked()).toBe(1);
    expect(store.getState().downloads.request).toBeNull();
    expect(imports.at(-1)?.source).toMatchObject({
      kind: 'remote',
      origin,
      files: [{ name: fileName, bytes: 5e9, sha256: 'ab'.repeat(32) }],
    });
  });

  test('that the hub refuses stays in the sheet with the reason', async () => {
    const { store, loads } = setUp(
      { probe: async () => probe },
      {
        fetchJson: () => {
          throw new AppError('access-denied', '401', { url: 'u', status: 401 });
        },
      },
    );
    await store.getState().desk.startModel();
    store.getState().desk.askDownload(model.id, variant.id);
    await store.getState().desk.startDownload(HUGGING_FACE);
    expect(store.getState().downloads.request).toMatchObject({
      listing: false,
      error: { code: 'access-denied' },
    });
    expect(loads).toHaveLength(1); // Nano's
  });

  test('that was cancelled while the hub was asked does not begin from the next sheet', async () => {
    const answer = gate<unknown>();
    const { store, imports } = setUp({ probe: async () => probe }, { fetchJson: () => answer.promise });
    const { desk } = store.getState();
    await desk.startModel();
    desk.askDownload(model.id, variant.id);
    const begun = desk.startDownload(HUGGING_FACE);
    await until(() => store.getState().downloads.request?.listing === true);
    desk.closeRequest();
    desk.askDownload(model.id, model.variants[1].id);
    const { request } = store.getState().downloads;
    answer.open(listing);
    await begun;
    expect(imports).toEqual([]);
    expect(store.getState().downloads.request).toBe(request);
  });

  test('a pause keeps the model before in use and offers to resume', async () => {
    const { store } = setUp(
      {
        import: (_, { signal }) =>
          new Promise((_resolve, reject) =>
            signal?.addEventListener('abort', () => reject(signal.reason as Error)),
          ),
      },
      { partial: [half], preferences: { leftDownloadsAt: half.updatedAt } },
    );
    await store.getState().desk.startModel();
    expect(store.getState().downloads.offered).toBeNull();
    store.getState().desk.resumeDownload('half');
    expect(store.getState().model).toMatchObject({ status: 'ready', info: { id: 'nano' } });
    expect(downloading(store.getState())).toBe(origin);
    store.getState().desk.pauseImport();
    expect(store.getState().model).toMatchObject({ status: 'ready', info: { id: 'nano' } });
    expect(downloading(store.getState())).toBe('');
    await until(() => store.getState().downloads.offered === 'half');
  });

  test('paused before its first byte goes on after a reload; one that fails or is discarded does not', async () => {
    let fails = false;
    const setting = {
      import: (_: unknown, { signal }: { signal?: AbortSignal }) =>
        new Promise<never>((_resolve, reject) => {
          if (fails) reject(new AppError('not-found', 'gone', {}));
          signal?.addEventListener('abort', () => reject(signal.reason as Error));
        }),
    };
    const saved = new Map<string, string>();
    const localStorage = {
      getItem: (key: string) => saved.get(key) ?? null,
      setItem: (key: string, value: string) => void saved.set(key, value),
    };
    const start = async () => {
      const { store } = setUp(setting, { fetchJson: () => listing, localStorage });
      await store.getState().desk.startModel();
      await store.getState().desk.refresh();
      return store;
    };
    const download = async (store: Awaited<ReturnType<typeof start>>) => {
      store.getState().desk.askDownload(model.id, variant.id);
      await store.getState().desk.startDownload(HUGGING_FACE);
      await until(() => downloading(store.getState()) === origin || store.getState().model.error !== null);
    };
    const first = await start();
    await download(first);
    first.getState().desk.pauseImport();
    await until(() => first.getState().downloads.offered === origin);

    const second = await start();
    const row = { id: origin, name: model.name, doneBytes: 0, totalBytes: 5e9, storedBytes: 0 };
    expect(second.getState().downloads.partial).toMatchObject([row]);
    second.getState().desk.resumeDownload(origin);
    expect(downloading(second.getState())).toBe(origin);
    second.getState().desk.pauseImport();
    await until(() => second.getState().downloads.offered === origin);
    await second.getState().desk.discardDownload(origin);
    expect((await start()).getState().downloads.partial).toEqual([]);

    fails = true;
    const third = await start();
    await download(third);
    await until(() => downloading(third.getState()) === '');
    expect((await start()).getState().downloads.partial).toEqual([]);
  });

  test('that ran when the page was closed is offered at the next start; a discarded one is not', async () => {
    const deleted: string[] = [];
    const { store, savedPreferences } = setUp(
      { deletePartial: async ({ id }) => (deleted.push(id), null) },
      { partial: [half], preferences: { runningDownload: origin } },
    );
    await store.getState().desk.startModel();
    expect(store.getState().downloads.offered).toBe('half');
    await store.getState().desk.discardDownload('half');
    expect(deleted).toEqual(['half']);
    expect(store.getState().downloads.offered).toBeNull();
    expect(savedPreferences().runningDownload).toBeNull();
  });

  test('missing from the preferences of a killed browser is still offered, until the offer is dismissed', async () => {
    const { store, savedPreferences } = setUp({}, { partial: [half] });
    await store.getState().desk.startModel();
    expect(store.getState().downloads.offered).toBe('half');
    store.getState().desk.dismissOffer();
    expect(store.getState().downloads.offered).toBeNull();
    expect(savedPreferences().leftDownloadsAt).toBeGreaterThan(half.updatedAt);
  });

  test('is noted while it runs and forgotten when it is complete', async () => {
    const loading = gate<{ id: string; name: string }>();
    const { store, savedPreferences } = setUp(
      {
        import: async (_, { onEvent }) => {
          onEvent?.({ phase: 'import', doneBytes: 1, totalBytes: 9, bytesPerSecond: 0, secondsLeft: 9 });
          return loading.promise;
        },
      },
      { partial: [half] },
    );
    await store.getState().desk.startModel();
    store.getState().desk.resumeDownload('half');
    await until(() => savedPreferences().runningDownload === origin);
    loading.open({ id: 'glm', name: 'glm' });
    await until(() => savedPreferences().runningDownload === null);
  });
});

describe('access tokens', () => {
  test('go to their own host alone, stay out of the state and of the preferences, and can be deleted', async () => {
    const { store, imports, saved } = setUp({}, { partial: [half] });
    await store.getState().desk.startModel();
    store.getState().desk.keepToken('https://hf-mirror.com', 'for-the-mirror');
    store.getState().desk.resumeDownload('half');
    await until(() => imports.length === 1);
    expect(imports[0].source).not.toHaveProperty('token');

    store.getState().desk.keepToken('https://huggingface.co', ' hf_secret ');
    expect(store.getState().downloads.tokenHosts.sort()).toEqual(['hf-mirror.com', 'huggingface.co']);
    await until(() => store.getState().model.status === 'ready');
    store.getState().desk.resumeDownload('half');
    await until(() => imports.length === 2);
    expect(imports[1].source).toMatchObject({ token: 'hf_secret' });
    expect(JSON.stringify(store.getState())).not.toContain('hf_secret');
    expect(saved.get('glm-preferences')).not.toContain('hf_secret');

    store.getState().desk.keepToken('https://huggingface.co', '');
    expect(store.getState().downloads.tokenHosts).toEqual(['hf-mirror.com']);
    expect([...saved.values()].join()).not.toContain('hf_secret');
  });
});

test('a hub that does not answer is noted, one that refuses has answered', async () => {
  const answers: Record<string, () => unknown> = {
    huggingface: () => {
      throw new AppError('network', 'no route');
    },
    modelscope: () => {
      throw new AppError('access-denied', '401');
    },
  };
  const { store } = setUp(
    {},
    { fetchJson: (url) => answers[url.includes('modelscope') ? 'modelscope' : 'huggingface']() },
  );
  const { tryHub } = store.getState().desk;
  const reach = () => store.getState().downloads.reach;
  await tryHub(HUGGING_FACE, 'a/b');
  await tryHub(MODELSCOPE, 'a/b');
  expect(reach()).toEqual({ [HUGGING_FACE.baseUrl]: false, [MODELSCOPE.baseUrl]: true });
  answers.huggingface = () => listing;
  await tryHub(HUGGING_FACE, 'a/b');
  expect(reach()[HUGGING_FACE.baseUrl]).toBe(true);
});

describe('this device', () => {
  test('is measured the first time a model is asked for, and the result is kept', async () => {
    let probes = 0;
    const first = setUp({ probe: async () => (probes++, probe) });
    await first.store.getState().desk.startModel();
    first.store.getState().desk.askDownload(model.id, variant.id);
    await until(() => first.store.getState().catalogue.probe !== null);
    first.store.getState().desk.askDownload(model.id, variant.id);
    expect(probes).toBe(1);
    const kept = first.saved.get('glm-device') ?? '';
    const next = setUp({}, { saved: [['glm-device', kept]] });
    expect(next.store.getState().catalogue.probe).toEqual(probe);
  });

  test('a record that is damaged or of another version reads as not measured', () => {
    for (const record of ['{', '{"probe":{"allocatableBytes":1}}']) {
      expect(setUp({}, { saved: [['glm-device', record]] }).store.getState().catalogue.probe).toBeNull();
    }
  });

  test('an answer long enough to tell leaves the speed of its model', async () => {
    let tokens = 5;
    const { store } = setUp({
      generate: async () => ({ ...summary('stop', tokens), decodeMs: 2000 }),
    });
    await store.getState().desk.startModel();
    store.getState().send('short');
    await until(() => store.getState().turn === null);
    expect(store.getState().catalogue.measured).toEqual({});
    tokens = 30;
    store.getState().send('long');
    await until(() => store.getState().turn === null);
    expect(store.getState().catalogue.measured[NANO_URL].tokensPerSecond).toBe(15);
  });
});

describe('stored models', () => {
  test('a check reports its progress and what it repaired', async () => {
    const checking = gate();
    const { store } = setUp({
      verifyModel: async (_, { onEvent }) => {
        onEvent?.({ doneBytes: 3, totalBytes: 4 });
        await checking.promise;
        return { damagedShards: [2, 5], repairedShards: [2, 5] };
      },
    });
    const check = store.getState().desk.verifyStored('glm');
    await until(() => store.getState().storage.jobs.glm?.fraction === 0.75);
    checking.open();
    await check;
    expect(store.getState().storage).toMatchObject({
      jobs: {},
      checked: { glm: { damaged: 2, repaired: 2 } },
    });
  });

  test('an export is saved under the name the engine gives', async () => {
    const blob = new Blob(['pack']);
    const { store, savedFiles } = setUp({ exportModel: async () => ({ blob, fileName: 'glm.glmpack' }) });
    await store.getState().desk.exportStored('glm');
    expect(savedFiles).toEqual([{ blob, fileName: 'glm.glmpack' }]);
    expect(store.getState().storage.jobs).toEqual({});
  });
});

describe('files from disk', () => {
  const file = (name: string) => new File(['x'], name);

  test('of a folder only the model’s files are opened; a folder without any says so', async () => {
    const { store, imports } = setUp();
    await store.getState().desk.startModel();
    store
      .getState()
      .desk.openFiles(
        [file('model.safetensors'), file('config.json'), file('README.md'), file('photo.png')],
        'glm',
      );
    await until(() => imports.length === 1);
    const [{ source }] = imports;
    expect(source.kind === 'files' && source.files.map(({ name }) => name)).toEqual([
      'model.safetensors',
      'config.json',
    ]);
    store.getState().desk.openFiles([file('README.md'), file('config.json')], 'notes');
    await until(() => store.getState().view.notice !== null);
    expect(store.getState().view.notice).toMatchObject({ code: 'no-model-file', details: { name: 'notes' } });
    expect(imports).toHaveLength(1);
  });

  test('can be opened again; a refused permission says so', async () => {
    const { store, imports } = setUp(
      {},
      {
        diskFiles: {
          list: async () => [{ id: 'd', name: 'glm.gguf', bytes: 1, openedAt: 1 }],
          open: async (id) => {
            if (id === 'd') return [file('glm.gguf')];
            throw new AppError('file-unreadable', 'gone', { name: id });
          },
        },
      },
    );
    await store.getState().desk.startModel();
    await store.getState().desk.refresh();
    expect(store.getState().disk.models).toHaveLength(1);
    await store.getState().desk.reopenFromDisk('d');
    await until(() => imports.length === 1);
    await store.getState().desk.reopenFromDisk('other');
    expect(store.getState().view.notice?.code).toBe('file-unreadable');
  });
});
