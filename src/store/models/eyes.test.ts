// A model and the file of its eyes: together, one after the other, alone.
import { expect, test } from 'vitest';
import type { ModelSource } from '../../protocol/models';
import { info, setUp, until } from '../scriptedStore';

const text = new File(['GGUF'], 'GLM-OCR-Q8_0.gguf');
const mmproj = new File(['GGUF'], 'mmproj-GLM-OCR-Q8_0.gguf');
const EYES = { id: 'eyes', name: 'mmproj', packedBytes: 1 };

test('a pair of files is imported as a model with its eyes, however they are ordered', async () => {
  const { store, imports } = setUp();
  await store.getState().desk.startModel();
  store.getState().desk.openFiles([mmproj, text]);
  await until(() => store.getState().model.info?.id === 'files');
  expect(imports).toEqual([
    { source: { kind: 'files', files: [text] }, eyes: { kind: 'files', files: [mmproj] } },
  ]);
});

test('eyes alone go to the model in use if it can see; else they are refused as a model', async () => {
  const given: unknown[] = [];
  const { store, imports } = setUp({
    load: async ({ source }) => ({
      ...info(source.kind === 'cached' ? source.id : 'nano'),
      ...(source.kind === 'cached' && { eyes: null }),
    }),
    addEyes: async (args) => (given.push(args), EYES),
  });
  const { desk } = store.getState();
  await desk.startModel();
  desk.openFiles([mmproj]);
  await until(() => imports.length === 1);
  expect(imports[0]).toEqual({ source: { kind: 'files', files: [mmproj] } }); // the engine says that they are eyes
  await until(() => store.getState().model.info?.id === 'files' && store.getState().model.incoming === null);
  desk.openFiles([mmproj]);
  await until(() => given.length === 1);
  const eyes = { kind: 'files', files: [mmproj] };
  expect(imports[1]).toEqual({ source: { kind: 'cached', id: 'files' }, eyes });
  expect(given).toEqual([{ source: eyes }]);
  await until(() => store.getState().model.incoming === null);
});

test('an interrupted download of eyes goes on for the model in use', async () => {
  const { store, imports } = setUp({
    load: async () => ({ ...info('ocr'), eyes: null }),
    addEyes: async () => EYES,
  });
  await store.getState().desk.startModel();
  const source: ModelSource = {
    kind: 'remote',
    origin: 'catalogue:glm-ocr/eyes',
    name: 'GLM-OCR mmproj',
    files: [{ url: 'https://hub/mmproj.gguf', name: 'mmproj.gguf' }],
    part: 'eyes',
  };
  await store.getState().desk.loadModel(source);
  expect(imports).toEqual([{ source: { kind: 'cached', id: 'ocr' }, eyes: source }]);
});
