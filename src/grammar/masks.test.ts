import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { offerCommonJs } from '../../scripts/commonJs';
import type { AnswerFormat } from '../protocol/chat';
import { spellBytes } from '../shared/byteAlphabet';
import { AppError } from '../shared/errors';
import { seeded, type Random } from '../testing/random';
import { randomSchema } from '../testing/grammar/randomSchema';
import { createTokenizer, type Tokenizer } from '../tokenizer/tokenizer';
import { readHeader } from '../weights/file/ggufHeader';
import { bytesSource } from '../weights/file/sources';
import { answerGrammar } from './answerGrammar';
import { GrammarMasks } from './masks';
import { faultsOfText } from './validate';

let tokenizer: Tokenizer;
let masks: GrammarMasks;
let stop: number;

beforeAll(async () => {
  offerCommonJs();
  const nano = readFileSync('public/models/nano.gguf');
  tokenizer = createTokenizer((await readHeader(bytesSource(nano))).metadata);
  stop = tokenizer.specialId('<|user|>') as number;
  const ids = Array.from({ length: tokenizer.vocabSize }, (_, id) => id);
  const tokens = ids.map((id) => (tokenizer.isSpecial(id) ? '' : spellBytes(tokenizer.decodeBytes([id]))));
  masks = await GrammarMasks.open({ tokens, stops: [stop] });
});

const MOST_TOKENS = 400;
const maskMs: number[] = [];

/** An answer as a model with random weights would write it: each step draws one of the allowed tokens. */
async function randomAnswer(
  format: AnswerFormat,
  random: Random,
  lineFeedFirst = false,
): Promise<string | undefined> {
  const { ebnf, start } = answerGrammar(format, lineFeedFirst);
  const matcher = await masks.matcher(ebnf, start);
  const ids: number[] = [];
  try {
    while (ids.length < MOST_TOKENS) {
      const before = performance.now();
      const mask = await matcher.mask();
      maskMs.push(performance.now() - before);
      const allowed: number[] = [];
      for (let id = 0; id < tokenizer.vocabSize; id++)
        if ((mask[id >>> 5] >>> (id & 31)) & 1) allowed.push(id);
      expect(allowed, `dead end after ${tokenizer.decode(ids)}`).not.toEqual([]);
      // Ends where it may, every other time: free strings and lists would hardly end by chance.
      const id = allowed.includes(stop) && random.int(2) ? stop : closing(allowed, ids.length, random);
      if (id === stop) return tokenizer.decode(ids);
      expect(matcher.accept(id)).toBe(true);
      ids.push(id);
    }
    return undefined;
  } finally {
    matcher.dispose();
  }
}

/** A random allowed token; in long answers one that closes a string, a list or an object. */
function closing(allowed: number[], length: number, random: Random): number {
  const any = allowed[random.int(allowed.length)];
  if (length < 40) return any;
  return (
    allowed.find((id) => /^["\]}]+$/.test(tokenizer.decode([id]))) ?? allowed.find((id) => id === stop) ?? any
  );
}

test('answers to random schemas parse, are valid, and meet no dead end', async () => {
  let finished = 0;
  for (let seed = 1; seed <= 60; seed++) {
    const random = seeded(seed);
    const schema = randomSchema(random);
    try {
      const text = await randomAnswer({ kind: 'schema', schema }, random);
      // web-xgrammar lets bytes follow each other that are no UTF-8, such as F4 B0 80 80; a random model finds them.
      if (text === undefined || text.includes('\ufffd')) continue;
      finished++;
      expect(faultsOfText(text, schema), `seed ${seed}: ${text}`).toEqual([]);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      expect(error.details.why).toBe('no value satisfies it');
    }
  }
  expect(finished).toBeGreaterThan(30);
});

describe('other forms', () => {
  test('a pattern matches as a whole', async () => {
    const random = seeded(5);
    for (let n = 0; n < 20; n++) {
      const text = await randomAnswer({ kind: 'regex', pattern: '[a-c]{2,4}|\\d{3}-\\d' }, random);
      expect(text).toMatch(/^(?:[a-c]{2,4}|\d{3}-\d)$/);
    }
  });

  test('a choice is one of its texts, after the line feed that a format needs', async () => {
    const random = seeded(6);
    const options = ['是', '否', 'maybe "so"\\'];
    const found = new Set<string | undefined>();
    for (let n = 0; n < 40; n++) found.add(await randomAnswer({ kind: 'choice', options }, random, true));
    expect([...found].sort()).toEqual(options.map((option) => `\n${option}`).sort());
  });

  test('an EBNF grammar is followed; one with a mistake is refused', async () => {
    const grammar = 'root ::= "a" more\nmore ::= ("b" | "c") more | "."';
    expect(await randomAnswer({ kind: 'ebnf', grammar }, seeded(7))).toMatch(/^a[bc]*\.$/);
    await expect(masks.matcher('root ::= missing')).rejects.toMatchObject({ code: 'bad-schema' });
    await expect(masks.matcher('root = (')).rejects.toMatchObject({ code: 'bad-schema' });
  });
});

afterAll(() => {
  const sorted = maskMs.sort((a, b) => a - b);
  console.info(`masks: ${sorted.length}, median ${sorted[sorted.length >> 1]?.toFixed(3)} ms`);
});
