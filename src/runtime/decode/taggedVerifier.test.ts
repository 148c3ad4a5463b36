// Random tokens, drawn again where the verifier refuses them, make calls in tags that parse and fit their tool.
import { beforeAll, expect, test } from 'vitest';
import { offerCommonJs } from '../../../scripts/commonJs';
import { faultsOfText } from '../../grammar/validate';
import type { ToolSpec } from '../../protocol/chat';
import { taggedCall } from '../../shared/taggedCall';
import { seeded } from '../../testing/random';
import { fixtureMetadata } from '../../tokenizer/golden/fixture';
import { createTokenizer, type Tokenizer } from '../../tokenizer/tokenizer';
import { ModelGrammars } from './grammarConstraint';
import { TaggedVerifier } from './taggedVerifier';

const TAGS = ['<tool_call>', '</tool_call>', '<arg_key>', '</arg_key>', '<arg_value>', '</arg_value>'];
const TOOLS: ToolSpec[] = [
  {
    type: 'function',
    name: 'get_weather',
    description: '',
    parameters: {
      $defs: { day: { type: 'integer', minimum: 1, maximum: 7 } },
      type: 'object',
      properties: {
        city: { type: 'string' },
        days: { type: 'array', items: { $ref: '#/$defs/day' } },
        hot: { type: 'boolean' },
      },
      required: ['city', 'days'],
    },
  },
  { type: 'function', name: 'now', description: '', parameters: { type: 'object', properties: {} } },
];

let tokenizer: Tokenizer;
let verifier: TaggedVerifier;
const special = (name: string) => tokenizer.specialId(name) as number;

beforeAll(() => {
  offerCommonJs();
  const metadata = fixtureMetadata();
  metadata['tokenizer.ggml.tokens'].push(...TAGS);
  metadata['tokenizer.ggml.token_type'].push(...TAGS.map(() => 4));
  tokenizer = createTokenizer(metadata);
  const grammars = new ModelGrammars(
    tokenizer,
    new Set([special('<|user|>'), special('<|observation|>')]),
    '',
  );
  verifier = TaggedVerifier.for(grammars, TOOLS) as TaggedVerifier;
});

const isIn = (id: number, mask: readonly number[] | Uint32Array) =>
  mask instanceof Uint32Array ? ((mask[id >>> 5] >>> (id & 31)) & 1) === 1 : mask.includes(id);

test('text is free; a call has an offered name, keys of its schema and values that fit', async () => {
  const random = seeded(8);
  const names = new Set<string>();
  await verifier.follow(tokenizer.encode('\nAny <tool_call> text '));
  expect(verifier.inCall).toBe(false);
  const all = Array.from({ length: tokenizer.vocabSize }, (_, id) => id);
  for (let round = 0; round < 25; round++) {
    expect(await verifier.verify(special('<tool_call>'))).toBeNull();
    let text = '';
    for (let step = 0; verifier.inCall; step++) {
      // Tags end free strings, which random tokens hardly do.
      let id = step % 3 ? random.int(tokenizer.vocabSize) : special(TAGS[random.int(TAGS.length)]);
      const mask = await verifier.verify(id);
      if (mask) {
        const allowed = all.filter((other) => isIn(other, mask));
        id = allowed[random.int(allowed.length)];
        expect(await verifier.verify(id), `${tokenizer.tokenText(id)} after ${text}`).toBeNull();
      }
      text += tokenizer.tokenText(id);
    }
    const call = taggedCall(text.replace(/<\/tool_call>$/, ''), TOOLS);
    const tool = TOOLS.find(({ name }) => name === call?.tool);
    names.add(call?.tool ?? text);
    expect(faultsOfText(call?.args ?? '', tool?.parameters)).toEqual([]);
  }
  expect([...names].sort()).toEqual(['get_weather', 'now']);
});

test('a forced call comes first, of the named tool', async () => {
  const { grammars } = verifier as unknown as { grammars: ModelGrammars };
  const forced = TaggedVerifier.for(grammars, TOOLS, { forced: ['now'] }) as TaggedVerifier;
  const [first] = tokenizer.encode('Sure');
  const mask = (await forced.verify(first)) ?? [];
  expect(isIn(special('<tool_call>'), mask)).toBe(true);
  expect(isIn(first, mask)).toBe(false);
  expect(await forced.verify(special('<tool_call>'))).toBeNull();
  expect(await forced.verify(tokenizer.encode('get')[0])).not.toBeNull();
  await forced.follow([...tokenizer.encode('now'), special('</tool_call>')]);
  expect(await forced.verify(first)).toBeNull();
});
