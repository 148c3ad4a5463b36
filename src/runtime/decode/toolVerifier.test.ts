// What the verifier of calls takes, and which tokens it allows where it takes none. Tokens are those of the built-in model.
import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { offerCommonJs } from '../../../scripts/commonJs';
import type { ToolSpec } from '../../protocol/chat';
import { seeded } from '../../testing/random';
import { createTokenizer, type Tokenizer } from '../../tokenizer/tokenizer';
import { readHeader } from '../../weights/file/ggufHeader';
import { bytesSource } from '../../weights/file/sources';
import { ModelGrammars } from './grammarConstraint';
import { ToolVerifier } from './toolVerifier';

let tokenizer: Tokenizer;
let grammars: ModelGrammars;
const special = (name: string) => tokenizer.specialId(name) as number;

beforeAll(async () => {
  offerCommonJs();
  tokenizer = createTokenizer(
    (await readHeader(bytesSource(readFileSync('public/models/nano.gguf')))).metadata,
  );
  const stops = new Set(['<|endoftext|>', '<|user|>', '<|observation|>'].map(special));
  grammars = new ModelGrammars(tokenizer, stops, '');
});

const WEATHER: ToolSpec = {
  type: 'function',
  name: 'get_weather',
  description: '',
  parameters: {
    properties: { city: { type: 'string', maxLength: 8 }, days: { type: 'integer', minimum: 1, maximum: 7 } },
    required: ['city', 'days'],
  },
};
const PYTHON: ToolSpec = { type: 'python', name: 'python', description: '' };
const verifier = (options: { thinks?: boolean; asFunctions?: string[]; forced?: string[] } = {}) =>
  new ToolVerifier({
    grammars,
    tools: [WEATHER, PYTHON],
    asFunctions: new Set(options.asFunctions ?? []),
    thinks: options.thinks ?? false,
    forced: options.forced,
  });
const isIn = (id: number, mask: readonly number[] | Uint32Array) =>
  mask instanceof Uint32Array ? ((mask[id >>> 5] >>> (id & 31)) & 1) === 1 : mask.includes(id);

/** Feeds texts and special tokens. @returns the first that is refused, as text, and the mask */
async function feed(to: ToolVerifier, ...parts: (string | number)[]) {
  for (const part of parts)
    for (const id of typeof part === 'number' ? [part] : tokenizer.encode(part)) {
      const mask = await to.verify(id);
      if (mask) return { refused: tokenizer.tokenText(id), mask };
    }
  return { inCall: to.inCall };
}

test('text is free, and so is another stretch of it', async () => {
  expect(await feed(verifier(), '\nget_weather\n{"a', special('<|assistant|>'), '\n\nAny text')).toEqual({
    inCall: false,
  });
  expect(await feed(verifier(), special('<|user|>'))).toEqual({ inCall: false });
});

test('a header is empty or an offered name', async () => {
  expect(await feed(verifier(), 'get_weather')).toEqual({ inCall: false });
  expect(await feed(verifier(), 'get_weather\n')).toEqual({ inCall: true });
  expect(await feed(verifier(), 'python \n')).toEqual({ inCall: true });
  expect(await feed(verifier(), 'get_time')).toHaveProperty('mask');
  expect(await feed(verifier(), 'get_weather', special('<|observation|>'))).toHaveProperty('mask');
  const { mask = [] } = await feed(verifier(), 'Sure');
  const spelled = [...mask].map((id) => tokenizer.tokenText(id));
  expect(spelled).toContain('\n');
  for (const text of spelled) expect(text).toMatch(/^ *\n|^<\||^<t?h?|^p|^g/);
});

test('arguments follow the schema; after them only another stretch or the wait for the result', async () => {
  const begin = 'get_weather\n{"city": "Köln", "days": ';
  expect(await feed(verifier(), begin, '3}', special('<|observation|>'))).toEqual({ inCall: false });
  expect(await feed(verifier(), begin, '3}', special('<|assistant|>'), 'python\nprint(1)')).toEqual({
    inCall: true,
  });
  for (const wrong of ['9', '"', '}', special('<|observation|>'), special('<|assistant|>')])
    expect(await feed(verifier(), begin, wrong)).toHaveProperty('mask');
  const { mask = [] } = await feed(verifier(), begin, '3}', special('<|user|>'));
  const allowed = Array.from({ length: tokenizer.vocabSize }, (_, id) => id).filter((id) => isIn(id, mask));
  expect(allowed.map((id) => tokenizer.tokenText(id)).sort()).toEqual(['<|assistant|>', '<|observation|>']);
});

test('source code is free, but ends in the wait for its result', async () => {
  expect(await feed(verifier(), 'python\nprint("{")\n', special('<|observation|>'))).toEqual({
    inCall: false,
  });
  const { refused, mask = [] } = await feed(verifier(), 'python\nprint(1)', special('<|user|>'));
  expect(refused).toBe('<|user|>');
  expect([special('<|user|>'), special('<|observation|>')].map((id) => isIn(id, mask))).toEqual([
    false,
    true,
  ]);
  expect(await feed(verifier({ asFunctions: ['python'] }), 'python\nprint')).toHaveProperty('mask');
  expect(await feed(verifier({ asFunctions: ['python'] }), 'python\n{"code": "print(1)"}')).toEqual({
    inCall: true,
  });
});

test('reasoning is free; a call may follow it', async () => {
  const text = 'hm\nget_weather\n{ </think>\n\nIt is\n{';
  expect(await feed(verifier({ thinks: true }), text)).toEqual({ inCall: false });
  expect(await feed(verifier(), '<think>hm\nget_weather\n{</think>\n\nYes')).toEqual({ inCall: false });
  expect(await feed(verifier({ thinks: true }), 'hm</think>\n\n', 'get_weather\n', '[')).toHaveProperty(
    'mask',
  );
});

test('an answer that goes on is followed', async () => {
  const goesOn = verifier();
  await goesOn.follow(tokenizer.encode('get_weather\n{"city"'));
  expect(await feed(goesOn, ': "x"')).toEqual({ inCall: true });
  expect(await feed(goesOn, '}')).toHaveProperty('mask');
});

test('random tokens, drawn again where refused, always make calls that parse', async () => {
  const random = seeded(3);
  for (let round = 0; round < 20; round++) {
    const one = verifier();
    let ids = tokenizer.encode('get_weather\n');
    await one.follow(ids);
    while (one.inCall) {
      let id = random.int(tokenizer.vocabSize);
      const mask = await one.verify(id);
      if (mask) {
        const allowed = Array.from({ length: tokenizer.vocabSize }, (_, other) => other).filter((other) =>
          isIn(other, mask),
        );
        id = allowed[random.int(allowed.length)];
        expect(await one.verify(id)).toBeNull();
      }
      ids = [...ids, id];
    }
    expect(JSON.parse(tokenizer.decode(ids).split('\n', 2)[1])).toHaveProperty('days');
  }
});

test('a forced call comes first, after the reasoning; what follows it is free', async () => {
  const forced = ['get_weather'];
  for (const text of ['\n', 'python\n', 'Sure']) {
    const { mask = [] } = await feed(verifier({ forced }), text);
    expect([...mask].length).toBeGreaterThan(0);
    for (const id of mask) expect('get_weather\n').toMatch(new RegExp(`^${tokenizer.tokenText(id)}`));
  }
  expect(await feed(verifier({ forced }), special('<|user|>'))).toHaveProperty('mask');
  const call = 'get_weather\n{"city": "Bonn", "days": 1}';
  expect(await feed(verifier({ forced }), call, special('<|assistant|>'), '\nNo more')).toEqual({
    inCall: false,
  });
  const after = () => verifier({ forced, thinks: true });
  expect(await feed(after(), 'Hm. </think>\n', 'get_weather\n')).toEqual({ inCall: true });
  const { refused, mask = [] } = await feed(after(), 'Hm. </think>\n', 'It');
  expect([refused, [...mask].length > 0]).toEqual(['It', true]);
});
