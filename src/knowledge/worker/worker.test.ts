// The page's face and the worker's code, joined by structured clones as over postMessage.
import { expect, test } from 'vitest';
import { emptyCard } from '../agentFile/card';
import { makeBase } from '../base';
import { indexToBytes } from '../index/bytes';
import { open } from '../stored';
import { Knowledge, namedFiles, type Embedder, type FileProgress } from './knowledge';
import { inProcess } from './inProcess';

const text = (name: string, content: BlobPart) => ({ name, file: new File([content], name) });
const TEA = text('tea.md', '# Tea\n\nGreen tea is brewed at 80 degrees.');
const WARRANTY = text('保修.txt', '保修期为三十六个月。');
const BROKEN = text('empty.txt', ' ');

test('reports every file, leaves broken ones out, and finds passages; a file that comes again replaces the old one', async () => {
  const knowledge = new Knowledge(inProcess);
  const seen: FileProgress[] = [];
  const files = [TEA, BROKEN, text('data.bin', new Uint8Array(64)), WARRANTY];
  const { knowledge: first, leftOut } = await knowledge.add(files, { onProgress: (step) => seen.push(step) });
  expect(leftOut.map(({ name }) => name)).toEqual(['empty.txt', 'data.bin']);
  expect(seen.filter(({ state }) => state !== 'reading' && state !== 'indexing').map(({ index, count, state }) => [index, count, state])) // prettier-ignore
    .toEqual([[0, 4, 'done'], [1, 4, 'left-out'], [2, 4, 'left-out'], [3, 4, 'done']]); // prettier-ignore
  expect(seen.find(({ name, state }) => name === '保修.txt' && state === 'done')?.added?.chunks).toBe(1);
  expect(first.summary).toMatchObject({
    chunks: 2,
    files: [{ name: 'tea.md', chunks: 1 }, { name: '保修.txt' }],
  });
  expect((await knowledge.find(first, '保修多久？'))[0]).toMatchObject({ file: '保修.txt' });

  const hotter = text('tea.md', '# Tea\n\nBlack tea is brewed at 95 degrees.');
  const { knowledge: second } = await knowledge.add([hotter], { earlier: first });
  expect((await knowledge.find(second, 'tea degrees')).map(({ text }) => text)).toEqual(['Tea\nBlack tea is brewed at 95 degrees.']); // prettier-ignore
  expect((await knowledge.chunks(second, { file: 'tea.md' })).chunks).toMatchObject([
    { number: 1, file: 'tea.md' },
  ]);
  const rest = await open(await knowledge.remove(second, ['保修.txt']));
  const document = {
    kind: 'markdown' as const,
    text: '# Tea\n\nBlack tea is brewed at 95 degrees.',
    encoding: 'utf-8',
  };
  const anew = makeBase([{ name: 'tea.md', document }]);
  expect(rest.files).toEqual(anew.files);
  expect(indexToBytes(rest.index)).toEqual(indexToBytes(anew.index));
});

test('a stop ends it, and the earlier base stays', async () => {
  const knowledge = new Knowledge(inProcess);
  const { knowledge: first } = await knowledge.add([TEA]);
  const stop = new AbortController();
  const onProgress = ({ state }: FileProgress) => state === 'done' && stop.abort(new Error('stopped'));
  const adding = knowledge.add([WARRANTY, WARRANTY], { earlier: first, signal: stop.signal, onProgress });
  await expect(adding).rejects.toThrow('stopped');
  expect(await knowledge.find(first, '保修')).toEqual([]);
});

test('an agent goes out and comes in with its knowledge', async () => {
  const knowledge = new Knowledge(inProcess);
  const { knowledge: known } = await knowledge.add([WARRANTY]);
  const file = new File(
    [await knowledge.writeAgent({ card: emptyCard('客服'), knowledge: known })],
    'a.glmagent',
  );
  const { card, knowledge: again } = await new Knowledge(inProcess).readAgent(file);
  expect(card.name).toBe('客服');
  expect(again?.summary).toEqual(known.summary);
});

test('files of a folder keep their paths; hidden ones are left out, and names come once', () => {
  const inFolder = (path: string) =>
    Object.defineProperty(new File([''], path.split('/').pop() as string), 'webkitRelativePath', {
      value: path,
    });
  const files = [inFolder('a/x.md'), inFolder('a/.git/x'), inFolder('a/.DS_Store'), new File([''], 'y.md'), new File([''], 'y.md')]; // prettier-ignore
  expect(namedFiles(files).map(({ name }) => name)).toEqual(['a/x.md', 'y.md', 'y (2).md']);
});

/** Counts letters: near enough to a model for texts that share them. */
const letters = (model: string): Embedder => ({
  model,
  embed: async (texts) => {
    const vectors = new Float32Array(texts.length * 26);
    texts.forEach((text, i) => {
      for (const char of text.toLowerCase().replace(/[^a-z]/g, ''))
        vectors[i * 26 + char.charCodeAt(0) - 97]++;
    });
    return { dimension: 26, vectors };
  },
});

test('chunks are embedded once; a stop keeps what is done; vectors find what words do not', async () => {
  const knowledge = new Knowledge(inProcess);
  const texts = Array.from({ length: 20 }, (_, i) =>
    text(`${i}.txt`, `Zone ${'abcdefghijklmnopqrst'[i].repeat(9)}.`),
  );
  const { knowledge: plain } = await knowledge.add(texts);
  const stop = new AbortController();
  const done: number[] = [];
  const onProgress = (count: number) => {
    done.push(count);
    if (count > 0) stop.abort();
  };
  const half = await knowledge.embed(plain, letters('x'), { signal: stop.signal, onProgress });
  expect(half.summary.vectors).toEqual({ model: 'x', chunks: 16 });
  expect(done).toEqual([0, 8]);
  const whole = await knowledge.embed(half, letters('x'));
  expect(whole.summary.vectors).toEqual({ model: 'x', chunks: 20 });
  expect(await knowledge.embed(whole, letters('x'))).toEqual(whole);

  const { knowledge: more } = await knowledge.add([text('new.txt', 'Zone yyyyyyyyy.')], { earlier: whole });
  const removed = await knowledge.remove(more, ['0.txt']);
  expect(removed.summary).toMatchObject({ chunks: 20, vectors: { chunks: 19 } });
  const all = await knowledge.embed(removed, letters('x'));
  expect(all.summary.vectors?.chunks).toBe(20);
  const [best] = await knowledge.find(all, 'y y y y y y y y y zo', { embedder: letters('x') });
  expect(best.file).toBe('new.txt');
  expect(await knowledge.find(all, 'y y y', { embedder: letters('other') })).toEqual([]);
});
