// Against Hugging Face tokenizers with XLM-RoBERTa's pieces and rules: scripts/oracle/e5.py. The golden file has the pieces that
// any reading of its strings could use, with their ids.
import { expect, test } from 'vitest';
import golden from './golden/unigram.json';
import { createUnigramTokenizer } from './unigram';

const pieces = golden.pieces as [id: number, piece: string, score: number][];
const metadata = {
  'tokenizer.ggml.model': 't5',
  'tokenizer.ggml.tokens': pieces.map(([, piece]) => piece),
  'tokenizer.ggml.scores': pieces.map(([, , score]) => score),
  'tokenizer.ggml.bos_token_id': 0,
  'tokenizer.ggml.eos_token_id': 2,
  'tokenizer.ggml.unknown_token_id': 3,
};

test('writes Chinese and English as the published tokenizer does', () => {
  const tokenizer = createUnigramTokenizer(metadata);
  for (const [text, ids] of golden.cases as [string, number[]][])
    expect(
      tokenizer.encode(text).map((id) => pieces[id][0]),
      text,
    ).toEqual(ids);
});

test('refuses other tokenizers and vocabularies without scores', () => {
  const refused = (change: object) => () => createUnigramTokenizer({ ...metadata, ...change });
  expect(refused({ 'tokenizer.ggml.model': 'bert' })).toThrow(
    expect.objectContaining({ code: 'unsupported-tokenizer' }),
  );
  expect(refused({ 'tokenizer.ggml.scores': [] })).toThrow(expect.objectContaining({ code: 'bad-metadata' }));
  expect(refused({ 'tokenizer.ggml.eos_token_id': -1 })).toThrow(
    expect.objectContaining({ code: 'bad-metadata' }),
  );
});
