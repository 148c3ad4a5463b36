import { afterEach, describe, expect, test, vi } from 'vitest';
import { best, Bm25Builder, searchBm25 } from './bm25';
import { indexFromBytes, indexToBytes } from './bytes';
import { fused } from './fuse';
import { queryTerms, stem, termsOf } from './terms';

const TEXTS = [
  '智谱发布了新的模型，支持工具调用。',
  '充电器的输出功率是 65W，型号 GLM-4.5。',
  'Batteries are charged at night. Charging takes two hours.',
  '猫在屋顶上睡觉。',
  'The inter-\nnational agreement was signed in １９９８.',
  '这本书介绍人工\n智能的历史。',
];

function indexOf(texts: readonly string[]) {
  const builder = new Bm25Builder();
  for (const text of texts) builder.add(text);
  return builder.finish();
}
const first = (question: string) => searchBm25(indexOf(TEXTS), question, 5)[0]?.id;

afterEach(() => void vi.unstubAllGlobals());

describe.each(['with', 'without'])('%s Intl.Segmenter', (which) => {
  test.each([
    ['智谱的模型', 0],
    ['猫', 3],
    ['充电器功率多大？', 1],
    ['glm-4.5', 1],
    ['how long does the battery charge', 2],
    ['international', 4],
    ['1998', 4],
    ['人工智能', 5],
  ])('%s', (question, id) => {
    if (which === 'without') vi.stubGlobal('Intl', undefined);
    expect(first(question)).toBe(id);
  });
});

test('a question of stop words alone is searched all the same; one without known words finds nothing', () => {
  expect(queryTerms('the').get('the')).toBe(1);
  expect(first('xyzzy')).toBeUndefined();
  expect(first('？！ …')).toBeUndefined();
  expect(searchBm25(indexOf([]), 'a', 5)).toEqual([]);
});

test('endings of one English word give one stem', () => {
  for (const words of [
    'charge charges charged charging',
    'battery batteries',
    'stop stops stopped stopping',
    'box boxes',
  ])
    expect(new Set(words.split(' ').map(stem)).size, words).toBe(1);
  expect(['bus', 'this', 'glass', 'string', 'red'].map(stem)).toEqual([
    'bus',
    'this',
    'glass',
    'string',
    'red',
  ]);
});

test('the terms of a text do not depend on the segmenter', () => {
  const terms = termsOf(TEXTS.join('\n'));
  vi.stubGlobal('Intl', undefined);
  expect(termsOf(TEXTS.join('\n'))).toEqual(terms);
});

test('an index is the same after storage, byte for byte', () => {
  const index = indexOf([...TEXTS, 'word '.repeat(700), '']);
  const bytes = indexToBytes(index);
  expect(indexFromBytes(bytes, 8)).toEqual(index);
  expect(indexToBytes(indexOf([...TEXTS, 'word '.repeat(700), '']))).toEqual(bytes);
});

test('bytes that are no index, or an index of other texts, give undefined', () => {
  const bytes = indexToBytes(indexOf(TEXTS));
  expect(indexFromBytes(bytes, 5)).toBeUndefined();
  for (let end = 0; end < bytes.length; end += 7)
    expect(indexFromBytes(bytes.slice(0, end), 6)).toBeUndefined();
  for (let at = 0; at < bytes.length; at++) {
    const changed = bytes.slice();
    changed[at] ^= 255;
    const index = indexFromBytes(changed, 6);
    if (index)
      expect(searchBm25(index, '智谱 battery', 9).every(({ id, score }) => id < 6 && score > 0)).toBe(true);
  }
});

test('words and vectors: words decide between texts that are nearly as near, and a text without a vector is found by its words', () => {
  const order = (near: number[], words: number[]) =>
    best(fused(Float64Array.from(near), Float64Array.from(words), 10), 9).map(({ id }) => id);
  expect(order([0.9, 0.89, 0.8], [0, 8, 8])).toEqual([1, 0, 2]);
  expect(order([0.9, 0.8, 0.7], [0, 0, 0])).toEqual([0, 1, 2]);
  expect(order([0.9, 0.8, 0.7], [0, 1, 0, 6, 2])).toEqual([3, 0, 4, 1, 2]);
});
