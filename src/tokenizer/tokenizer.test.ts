import { describe, expect, it } from 'vitest';
import { seeded } from '../testing/random';
import type { Random } from '../testing/random';
import { bytePairMerge } from './bytePairMerge';
import { fixtureMetadata, hashIds } from './golden/fixture';
import type { FixtureMetadata, MergeStyle } from './golden/fixture';
import { fuzzStrings } from './golden/fuzz';
import golden from './golden/llamaCpp.json';
import { pretokenize } from './pretokenize';
import { createTokenizer, mergesAreRedundant } from './tokenizer';

const tokenizer = createTokenizer(fixtureMetadata());
const texts = (text: string): string[] => tokenizer.encode(text).map((id) => tokenizer.tokenText(id));

describe('tokens equal those of llama.cpp', () => {
  it.each(['all', 'trained', 'shuffled'] as const)('on every fuzzed string, merges: %s', (style) => {
    const judged = createTokenizer(fixtureMetadata(style));
    const strings = fuzzStrings(seeded(golden.seed), golden.counts[style]);
    const hashes = goldenHashes(style);
    const mismatches = strings.filter((text, i) => hashIds(judged.encode(text)) !== hashes[i]);
    expect(strings.length).toBeGreaterThanOrEqual(3000);
    expect(mismatches).toEqual([]);
  });

  it('the shuffled merge list gives other tokens, so that a mix-up would fail', () => {
    const [all, shuffled] = (['all', 'shuffled'] as const).map(goldenHashes);
    expect(shuffled.filter((hash, i) => hash !== all[i]).length).toBeGreaterThan(1000);
  });
});

function goldenHashes(style: MergeStyle): Uint32Array {
  const bytes = Uint8Array.from(atob(golden.hashes[style]), (char) => char.charCodeAt(0));
  return new Uint32Array(bytes.buffer);
}

describe('round trip', () => {
  it('restores every fuzzed string', () => {
    for (const text of fuzzStrings(seeded(2), 1000))
      expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
  });

  it('encodes a lone surrogate as U+FFFD', () => {
    expect(tokenizer.encode('a\ud800b')).toEqual(tokenizer.encode('a\ufffdb'));
    expect(tokenizer.encode('\udc00')).toEqual(tokenizer.encode('\ufffd'));
  });

  it('keeps a byte order mark', () => {
    expect(tokenizer.decode(tokenizer.encode('\ufeffx'))).toBe('\ufeffx');
  });

  it('an empty text has no tokens', () => {
    expect(tokenizer.encode('')).toEqual([]);
    expect(tokenizer.decode([])).toBe('');
  });
});

describe('pieces', () => {
  it.each([
    ["I've DON'T he'lL 'Re", ['I', "'ve", ' DON', "'T", ' he', "'lL", " '", 'Re']],
    ["we'd 'x 'ſ", ['we', "'d", " '", 'x', " '", 'ſ']],
    [' 3333 3.14', [' ', '333', '3', ' ', '3', '.', '14']],
    ['٣٤٥٦½Ⅳ', ['٣٤٥', '٦½Ⅳ']],
    ['a  b   \n\n  c', ['a', ' ', ' b', '   \n\n', ' ', ' c']],
    ['x !?\r\n', ['x', ' !?\r\n']],
    ['a\u0085b', ['a', '\u0085b']], // white space for the reference, not for \s
    ['!\ufeff!', ['!\ufeff!']], // white space for \s, not for the reference
    ['a\u3000\u3000b', ['a', '\u3000', '\u3000b']],
    ['!\u00a0!', ['!', '\u00a0', '!']],
    ['e\u0301t', ['e', '\u0301t']],
  ])('%j is split like the reference does', (text, pieces) => {
    expect(pretokenize(text)).toEqual(pieces);
  });

  it('a contraction ends a piece, in any case', () => {
    const cases = (word: string): string[] =>
      word === ''
        ? ['']
        : cases(word.slice(1)).flatMap((rest) => [word[0] + rest, word[0].toUpperCase() + rest]);
    for (const ending of ['s', 't', 're', 've', 'm', 'll', 'd'].flatMap(cases)) {
      expect(pretokenize(`he'${ending}x`)).toEqual(['he', `'${ending}`, 'x']);
    }
  });

  it('concatenate to the text', () => {
    for (const text of fuzzStrings(seeded(3), 1000)) expect(pretokenize(text).join('')).toBe(text);
  });
});

describe('byte-pair merges', () => {
  it('stay within a piece: digits are split in threes', () => {
    expect(texts('123456')).toHaveLength(texts('123').length + texts('456').length);
  });

  it('give the same tokens on long pieces as on short ones', () => {
    const short = tokenizer.encode('a'.repeat(64));
    const long = tokenizer.encode('a'.repeat(200_000));
    expect(long.slice(0, short.length / 2)).toEqual(short.slice(0, short.length / 2));
    expect(tokenizer.decode(long)).toBe('a'.repeat(200_000));
  });

  it('examine each pair a few times at most, not once per merge', () => {
    const numBytes = 50_000;
    let looks = 0;
    const symbols = bytePairMerge('a'.repeat(numBytes), (_piece, start, _middle, end) => {
      looks++;
      return end - start <= 16 && Number.isInteger(Math.log2(end - start)) ? end - start : Infinity;
    });
    expect(symbols).toHaveLength(numBytes / 16);
    expect(looks).toBeLessThan(4 * numBytes);
  });

  it('merge the leftmost of equal pairs first', () => {
    expect(bytePairMerge('aaa', (_piece, start, _middle, end) => (end - start === 2 ? 1 : Infinity))).toEqual(
      ['aa', 'a'],
    );
  });
});

describe('whole pieces', () => {
  const llamaCpp = createTokenizer(fixtureMetadata());
  const tiktoken = createTokenizer(fixtureMetadata(), { wholePieces: true });

  it('are tokens even if no merges produce them, as in tiktoken', () => {
    expect(tiktoken.decode(tiktoken.encode(' 饕餮'))).toBe(' 饕餮');
    expect(tiktoken.encode(' 饕餮').length).toBe(1);
    expect(llamaCpp.encode(' 饕餮').length).toBeGreaterThan(1);
  });

  it('make no other difference', () => {
    const unreachable = /[龘靐齉饕餮魑魅魍魉ǅɮɸ]|Zyzzyva/;
    for (const text of fuzzStrings(seeded(4), 2000)) {
      if (!unreachable.test(text)) expect(tiktoken.encode(text)).toEqual(llamaCpp.encode(text));
    }
  });
});

describe('special tokens', () => {
  it('in typed text are encoded as ordinary text', () => {
    const ids = tokenizer.encode('<|user|>\n[gMASK]<sop><|endoftext|>[PAD4019]');
    expect(ids.some((id) => tokenizer.isSpecial(id))).toBe(false);
    expect(tokenizer.decode(ids)).toBe('<|user|>\n[gMASK]<sop><|endoftext|>[PAD4019]');
  });

  it('are found by name and decode to nothing', () => {
    const user = tokenizer.specialId('<|user|>')!;
    expect(user).toBe(tokenizer.specialId('<|endoftext|>')! + 7); // position in GLM-4's list
    expect(tokenizer.isSpecial(user)).toBe(true);
    expect(tokenizer.tokenText(user)).toBe('<|user|>');
    expect(tokenizer.decode([...tokenizer.encode('a'), user, ...tokenizer.encode('b')])).toBe('ab');
    expect(tokenizer.specialId('the')).toBeUndefined();
    expect(tokenizer.specialId('[PAD4020]')).toBeUndefined();
  });

  it('end where padding begins', () => {
    expect(tokenizer.numRealTokens).toBe(tokenizer.specialId('<|end_of_video|>')! + 1);
    expect(tokenizer.vocabSize).toBe(4032);
    expect(tokenizer.isSpecial(tokenizer.vocabSize - 1)).toBe(true);
    expect(() => tokenizer.tokenText(tokenizer.vocabSize)).toThrow('outside the vocabulary');
  });

  it('of markup kind decode to their name', () => {
    const metadata = fixtureMetadata();
    const id = metadata['tokenizer.ggml.tokens'].length - 1;
    metadata['tokenizer.ggml.tokens'][id] = '<think>';
    metadata['tokenizer.ggml.token_type'][id] = 4;
    const thinking = createTokenizer(metadata);
    expect(thinking.decode([id])).toBe('<think>');
    expect(thinking.specialId('<think>')).toBe(id);
    expect(thinking.encode('<think>')).not.toContain(id);
    expect(thinking.numRealTokens).toBe(id + 1);
  });

  it('are recognised by name when a conversion assigns the wrong type', () => {
    const metadata = fixtureMetadata();
    metadata['tokenizer.ggml.token_type'] = metadata['tokenizer.ggml.token_type'].map(() => 1);
    const mistyped = createTokenizer(metadata);
    expect(mistyped.specialId('<|user|>')).toBe(tokenizer.specialId('<|user|>'));
    expect(mistyped.numRealTokens).toBe(tokenizer.numRealTokens);
  });
});

describe('merge lists', () => {
  it('are redundant when they list every split by rank', () => {
    expect(mergesAreRedundant(fixtureMetadata('all'))).toBe(true);
    expect(mergesAreRedundant(fixtureMetadata('trained'))).toBe(false);
    expect(mergesAreRedundant(fixtureMetadata('shuffled'))).toBe(false);
    expect(mergesAreRedundant(fixtureMetadata())).toBe(false);
  });

  it('that are redundant can be dropped: ties between splits of one token break alike', () => {
    for (let seed = 0; seed < 40; seed++) {
      const random = seeded(seed);
      const metadata = letterVocabulary(random);
      const merges = allSplits(metadata['tokenizer.ggml.tokens']);
      expect(mergesAreRedundant({ ...metadata, 'tokenizer.ggml.merges': merges })).toBe(true);
      const byRank = createTokenizer(metadata);
      const byList = createTokenizer({ ...metadata, 'tokenizer.ggml.merges': [...merges, 'a b c'] }); // forces use of the list
      for (let i = 0; i < 100; i++) {
        const text = Array.from({ length: 24 }, () => 'ab'[random.int(2)]).join('');
        expect(byRank.encode(text)).toEqual(byList.encode(text));
      }
    }
  });

  it.each([
    ['one missing at the end', (merges: string[]) => merges.slice(0, -1)],
    ['one missing at the start', (merges: string[]) => merges.slice(1)],
    ['one twice', (merges: string[]) => [...merges, merges[merges.length - 1]]],
    ['two swapped', ([first, second, ...rest]: string[]) => [second, first, ...rest]],
    ['one of three parts', (merges: string[]) => [...merges, 'a b c']],
  ])('are not with %s', (_, change) => {
    const metadata = fixtureMetadata('all');
    metadata['tokenizer.ggml.merges'] = change(metadata['tokenizer.ggml.merges'] as string[]);
    expect(mergesAreRedundant(metadata)).toBe(false);
    expect(createTokenizer(metadata).encode('The 世界').length).toBeGreaterThan(0);
  });

  it('with unknown tokens are rejected', () => {
    const metadata = { ...fixtureMetadata(), 'tokenizer.ggml.merges': ['Q ZQ'] };
    expect(() => createTokenizer(metadata)).toThrow(expect.objectContaining({ code: 'bad-metadata' }));
  });
});

/** The bytes and, in random order, forty words of a and b: dense enough for every kind of conflict. */
function letterVocabulary(random: Random): FixtureMetadata {
  const bytes = fixtureMetadata()['tokenizer.ggml.tokens'].filter((token) => token.length === 1);
  const words = new Set<string>();
  while (words.size < 40) {
    const parts = ['a', 'b', ...words];
    const word = parts[random.int(parts.length)] + parts[random.int(parts.length)];
    if (word.length <= 8) words.add(word);
  }
  const shuffled = [...words].map((word) => ({ word, at: random.bits() })).sort((a, b) => a.at - b.at);
  const tokens = [...bytes, ...shuffled.map(({ word }) => word)];
  return {
    ...fixtureMetadata(),
    'tokenizer.ggml.tokens': tokens,
    'tokenizer.ggml.token_type': tokens.map(() => 1),
  };
}

function allSplits(tokens: string[]): string[] {
  return tokens.flatMap((token) =>
    Array.from({ length: token.length - 1 }, (_, i) => [token.slice(0, i + 1), token.slice(i + 1)])
      .filter((pair) => pair.every((part) => tokens.includes(part)))
      .sort(([a], [b]) => tokens.indexOf(a) - tokens.indexOf(b))
      .map((pair) => pair.join(' ')),
  );
}

describe('rejects', () => {
  const without = (key: string): FixtureMetadata => {
    const metadata = fixtureMetadata();
    delete metadata[key];
    return metadata;
  };

  it.each([
    ['tokenizer.ggml.pre', 'llama-bpe'],
    ['tokenizer.ggml.model', 'llama'],
  ])('a tokenizer with %s = %s', (key, value) => {
    const error = expect.objectContaining({
      code: 'unsupported-tokenizer',
      message: expect.stringContaining(value),
    });
    expect(() => createTokenizer({ ...fixtureMetadata(), [key]: value })).toThrow(error);
  });

  it.each(['tokenizer.ggml.tokens', 'tokenizer.ggml.token_type'])('a file without %s', (key) => {
    const error = expect.objectContaining({
      code: 'bad-metadata',
      details: expect.objectContaining({ key }),
    });
    expect(() => createTokenizer(without(key))).toThrow(error);
    expect(() => createTokenizer({ ...fixtureMetadata(), [key]: [1, 2, 3] })).toThrow(error);
  });

  it('a vocabulary that lacks a byte', () => {
    const metadata = fixtureMetadata();
    metadata['tokenizer.ggml.tokens'][metadata['tokenizer.ggml.tokens'].indexOf('a')] = 'Ġnothing';
    expect(() => createTokenizer(metadata)).toThrow(/byte 0x61/);
  });

  it('neither of the two names of the pre-tokenizer', () => {
    const metadata = { ...fixtureMetadata(), 'tokenizer.ggml.pre': 'glm4' };
    expect(createTokenizer(metadata).encode('世界 1234')).toEqual(tokenizer.encode('世界 1234'));
  });
});
