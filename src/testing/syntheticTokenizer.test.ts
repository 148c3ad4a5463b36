import { expect, test } from 'vitest';
import { mergesAreRedundant } from '../tokenizer/tokenizer';
import { SPECIAL_TOKENS, syntheticTokenizer, tokenizerMetadata } from './syntheticTokenizer';

const sizes = [
  { vocabSize: 515, numPadding: 5 },
  { vocabSize: 1003, numPadding: 5 },
  { vocabSize: 151552, numPadding: 209 },
];
test.for(sizes)('a vocabulary of $vocabSize: every token joins two earlier tokens', (size) => {
  const { vocabSize, numPadding } = size;
  const synthetic = syntheticTokenizer(vocabSize, numPadding);
  const { tokens, tokenTypes, merges, numOrdinary } = synthetic;
  expect([tokens.length, tokenTypes.length, new Set(tokens).size]).toEqual([vocabSize, vocabSize, vocabSize]);
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const made = new Set<number>();
  let previous = 0;
  for (const merge of merges) {
    const [left, right] = merge.split(' ').map((token) => ids.get(token) ?? Infinity);
    const id = ids.get(merge.replace(' ', '')) ?? -1;
    if (id < previous) throw new Error(`merge ${merge} is out of order`);
    previous = id;
    if (left < id && right < id) made.add(id);
  }
  expect(made.size).toBe(numOrdinary - 256);
  // as in GLM-4, the merges follow from the ranks, so an import drops them and no load reads them
  const metadata = Object.entries(tokenizerMetadata(synthetic, 'glm4')).map(([key, entry]) => [
    key,
    typeof entry === 'object' && 'value' in entry ? entry.value : entry,
  ]);
  expect(mergesAreRedundant(Object.fromEntries(metadata))).toBe(true);
  expect(tokens.slice(numOrdinary, numOrdinary + SPECIAL_TOKENS.length)).toEqual([...SPECIAL_TOKENS]);
  if (vocabSize === 151552) {
    expect(tokens.indexOf('<|assistant|>')).toBe(151337); // the id in the real vocabulary
    expect(merges.length).toBeGreaterThan(300_000);
  }
  expect(tokens.at(-1)).toBe(`[PAD${vocabSize - 1}]`);
});

test('byte tokens come in the order of the real vocabulary, whose newline is 198', () => {
  const { tokens } = syntheticTokenizer(1003);
  expect([tokens[0], tokens[198], tokens[220]]).toEqual(['!', 'Ċ', 'Ġ']);
});
