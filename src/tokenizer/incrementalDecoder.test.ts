import { expect, it } from 'vitest';
import { seeded } from '../testing/random';
import { fixtureMetadata } from './golden/fixture';
import { fuzzStrings } from './golden/fuzz';
import { createIncrementalDecoder } from './incrementalDecoder';
import { createTokenizer } from './tokenizer';

const tokenizer = createTokenizer(fixtureMetadata());
/** Tokens 0 to 255 are single bytes: every split between two bytes is a split between two tokens. */
const bytewise = { decodeBytes: (ids: Iterable<number>) => Uint8Array.from(ids) };
const TEXT = 'naïve 你好👋！👩‍👩‍👧‍👦 🇨🇳 \ufeff𠀀 é';

it('emits whole characters only, for splits at every byte', () => {
  const decoder = createIncrementalDecoder(bytewise);
  const shown = Array.from(new TextEncoder().encode(TEXT), (byte) => decoder.push(byte));
  expect(shown.join('') + decoder.flush()).toBe(TEXT);
  expect(shown.filter((text) => [...text].length > 1)).toEqual([]);
  expect(shown.join('')).not.toContain('\ufffd');
});

it('streams what the tokenizer encoded', () => {
  for (const text of fuzzStrings(seeded(5), 500)) {
    const decoder = createIncrementalDecoder(tokenizer);
    const shown = tokenizer.encode(text).map((id) => decoder.push(id));
    expect(shown.join('') + decoder.flush()).toBe(text);
    if (!text.includes('\ufffd')) expect(shown.join('')).not.toContain('\ufffd');
  }
});

it('keeps a byte order mark at the start', () => {
  const decoder = createIncrementalDecoder(tokenizer);
  expect(
    tokenizer
      .encode('\ufeffa')
      .map((id) => decoder.push(id))
      .join(''),
  ).toBe('\ufeffa');
});

it('emits U+FFFD at the end for an incomplete character', () => {
  const decoder = createIncrementalDecoder(bytewise);
  expect(decoder.push(0xf0) + decoder.push(0x9f)).toBe('');
  expect(decoder.flush()).toBe('\ufffd');
  expect(decoder.flush()).toBe('');
});

it('emits nothing for special tokens', () => {
  const decoder = createIncrementalDecoder(tokenizer);
  const [a] = tokenizer.encode('a');
  expect(decoder.push(a)).toBe('a');
  expect(decoder.push(tokenizer.specialId('<|assistant|>')!)).toBe('');
  expect(decoder.push(a)).toBe('a');
});
