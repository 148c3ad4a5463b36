// A model that is downloaded with its eyes, in the real store of models: it has them too when the page was closed on the way.
import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { findModel, HUGGING_FACE, recommendedVariant } from '../../catalogue';
import { addEyes, eyesOf } from '../../library/eyes';
import { ModelStore } from '../../library/modelStore';
import { progressMeter } from '../../library/progressMeter';
import { areEyes } from '../../model/architecture';
import { eyesPair } from '../../testing/eyes/models';
import { startFileServer, type FileServer } from '../../testing/fileServer';
import { TabLocks } from '../../testing/tabLocks';
import { info, setUp, until, type Script } from '../scriptedStore';
import { downloading } from './deskState';

const pair = eyesPair('glm-ocr');
let text: FileServer;
let eyes: FileServer;
let saved: Map<string, string>;
beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  vi.stubGlobal('navigator', { locks: new TabLocks().of('page') });
  [text, eyes] = await Promise.all([startFileServer(pair.text), startFileServer(pair.eyes)]);
  saved = new Map();
  const realFetch = fetch;
  vi.stubGlobal('fetch', (url: string, options: RequestInit) =>
    realFetch(url.includes('/mmproj-') ? eyes.url : text.url, options),
  );
});
afterEach(async () => {
  vi.unstubAllGlobals();
  await Promise.all([text.close(), eyes.close()]);
});

const ocr = findModel('glm-ocr')!;
const files = { 'GLM-OCR-Q8_0.gguf': pair.text, 'mmproj-GLM-OCR-Q8_0.gguf': pair.eyes };
const listing = Object.entries(files).map(([path, { length }]) => ({ type: 'file', path, size: length }));

/** A visit of the page: its store, over the models in IndexedDB. */
async function visit() {
  const models = new ModelStore({});
  const closed = new AbortController();
  const script: Script = {
    listPartial: () => models.listPartial(),
    listModels: () => models.list(),
    // What the engine does, without its GPU.
    import: async ({ source, eyes: wanted }, options) => {
      const signal = AbortSignal.any([closed.signal, options.signal ?? closed.signal]);
      const meter = progressMeter((progress) => options.onEvent?.(progress));
      meter.at('header', 0, 1);
      try {
        const manifest = await models.ensureCached(source, meter, signal);
        if (wanted) await addEyes(models, manifest, { source: wanted, meter, signal });
        return manifest;
      } catch (error) {
        if (!closed.signal.aborted) throw error;
        return new Promise(() => {}); // a closed page hears no more
      }
    },
    load: async ({ source }) => {
      if (source.kind !== 'cached') return info('nano');
      const { id, origin } = (await (await models.cache()).manifest(source.id))!;
      return { ...info(id), origin, eyes: null };
    },
  };
  const localStorage = {
    getItem: (key: string) => saved.get(key) ?? null,
    setItem: (key: string, value: string) => void saved.set(key, value),
  };
  const { store } = setUp(script, { localStorage, fetchJson: () => listing });
  await store.getState().desk.startModel();
  await store.getState().desk.refresh();
  /** As when the tab is closed: nothing is told to anyone. */
  const close = () => {
    closed.abort();
    return new Promise((resolve) => setTimeout(resolve, 20));
  };
  return { store, models, close };
}
type Visit = Awaited<ReturnType<typeof visit>>;

async function download({ store }: Visit): Promise<void> {
  store.getState().desk.askDownload(ocr.id, recommendedVariant(ocr).id);
  await store.getState().desk.startDownload(HUGGING_FACE, { eyes: true });
  await until(() => downloading(store.getState()) !== '');
}

/** The downloaded model is in use; between it and Nano, no model is. */
function loaded({ store }: Pick<Visit, 'store'>): boolean {
  const { info } = store.getState().model;
  return info !== null && info.id !== 'nano';
}

/** The model is here and has its eyes, and nothing of the download is left. @param inUse the model is */
async function seeing({ store, models }: Visit, inUse = true): Promise<void> {
  await until(() => downloading(store.getState()) === '' && loaded({ store }) === inUse);
  const cache = await models.cache();
  const stored = await cache.list();
  const model = stored.find(({ metadata }) => !areEyes(metadata))!;
  expect([stored.length, store.getState().model.info?.id]).toEqual([2, inUse ? model.id : 'nano']);
  expect((await eyesOf(cache, model))?.name).toBe('GLM-OCR mmproj');
  await store.getState().desk.refresh();
  expect(store.getState().downloads).toMatchObject({ partial: [], offered: null });
  expect(saved.get('glm-begun-downloads')).toBe('[]');
}

/** The server falls silent as soon as a visit's journal tells of an import. @returns when it has */
function silentInImport({ models }: Visit, server: FileServer): Promise<void> {
  return new Promise((resolve) => {
    server.handle = (exchange) =>
      void models.listPartial().then((rows) => (rows.length > 0 ? resolve() : exchange.serve()));
  });
}

test('closed while the text half or the eyes arrive: the next visit offers it, and goes on with both', async () => {
  for (const server of [text, eyes]) {
    globalThis.indexedDB = new IDBFactory();
    saved.clear();
    const first = await visit();
    const silent = silentInImport(first, server);
    await download(first);
    await silent;
    await first.close();
    server.handle = (exchange) => exchange.serve();
    const asked = text.ranges.length;
    const next = await visit();
    const { partial, offered } = next.store.getState().downloads;
    expect(partial).toHaveLength(1);
    expect(offered).toBe(partial[0].id);
    next.store.getState().desk.resumeDownload(partial[0].id);
    await seeing(next);
    if (server === eyes) expect(text.ranges).toHaveLength(asked); // the text half was there
  }
});

test('paused before the first byte, and again before the first of the eyes: it goes on with both after reloads', async () => {
  text.handle = () => {}; // the server says nothing
  const first = await visit();
  await download(first);
  first.store.getState().desk.pauseImport();
  await first.close();

  text.handle = (exchange) => exchange.serve();
  let silent = () => {};
  const asked = new Promise<void>((resolve) => (silent = resolve));
  eyes.handle = () => silent();
  const second = await visit();
  const [row] = second.store.getState().downloads.partial;
  expect(row).toMatchObject({ doneBytes: 0, totalBytes: pair.text.length + pair.eyes.length });
  second.store.getState().desk.resumeDownload(row.id);
  await asked;
  second.store.getState().desk.pauseImport();
  await until(() => second.store.getState().downloads.offered === row.id);
  await second.close();

  eyes.handle = (exchange) => exchange.serve();
  const third = await visit();
  third.store.getState().desk.resumeDownload(row.id);
  await seeing(third);
});

test.for([
  'they reach their model although another one is in use',
  'a browser that lost its notes finds them by their name',
])('eyes that come later, closed on the way: %s', async (what) => {
  const first = await visit();
  first.store.getState().desk.askDownload(ocr.id, recommendedVariant(ocr).id);
  await first.store.getState().desk.startDownload(HUGGING_FACE, { eyes: false });
  await until(() => loaded(first) && first.store.getState().model.incoming === null); // the button waits for both
  const silent = silentInImport(first, eyes);
  void first.store.getState().desk.downloadEyes(HUGGING_FACE);
  await silent;
  await first.store.getState().desk.loadNano();
  await first.close();

  eyes.handle = (exchange) => exchange.serve();
  if (what.includes('lost')) saved.delete('glm-begun-downloads');
  const second = await visit();
  const { partial, offered } = second.store.getState().downloads;
  expect(partial).toMatchObject([{ id: offered, name: 'GLM-OCR mmproj' }]);
  second.store.getState().desk.resumeDownload(partial[0].id);
  await seeing(second, false);
});
