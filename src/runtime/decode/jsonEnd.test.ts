// JSON that random tokens write under a grammar is whole although room runs out.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { offerCommonJs } from '../../../scripts/commonJs';
import { faultsOfText } from '../../grammar/validate';
import { seeded } from '../../testing/random';
import { createTokenizer } from '../../tokenizer/tokenizer';
import { readHeader } from '../../weights/file/ggufHeader';
import { bytesSource } from '../../weights/file/sources';
import { ModelGrammars } from './grammarConstraint';

const tree = {
  $ref: '#/$defs/node',
  $defs: {
    node: {
      type: 'object',
      properties: {
        name: { type: 'string' },
        children: { type: 'array', items: { $ref: '#/$defs/node' } },
      },
      required: ['name', 'children'],
    },
  },
};
const SCHEMAS = [
  tree,
  { type: 'array', items: { type: 'string', minLength: 3 }, minItems: 2 },
  { type: 'object', properties: { a: { type: 'string' }, b: { enum: ['x', 'y'] }, n: { type: 'number' } }, required: ['a', 'n'] }, // prettier-ignore
  {},
];

test('random tokens under masks: the text ends before its room does, and is valid', async () => {
  offerCommonJs();
  const { metadata } = await readHeader(bytesSource(readFileSync('public/models/nano.gguf')));
  const tokenizer = createTokenizer(metadata);
  const stop = tokenizer.specialId('<|user|>') as number;
  const grammars = new ModelGrammars(tokenizer, new Set([stop]), '\n');
  const random = seeded(3);
  for (const schema of SCHEMAS) {
    for (let round = 0; round < 3; round++) {
      const constraint = await grammars.constraint({ kind: 'schema', schema });
      constraint.begin(160);
      const ids: number[] = [];
      for (let id: number | undefined; id !== stop && ids.length <= 160; ids.push(id)) {
        const set = await constraint.next(id);
        const all = set instanceof Uint32Array ? tokenizer.vocabSize : set.length;
        const allowed = Array.from({ length: all }, (_, i) => (set instanceof Uint32Array ? i : set[i]));
        const open =
          set instanceof Uint32Array ? allowed.filter((i) => (set[i >>> 5] >>> (i & 31)) & 1) : allowed;
        id = open[random.int(open.length)];
      }
      constraint.end();
      expect(ids.at(-1), JSON.stringify(schema)).toBe(stop);
      expect(faultsOfText(tokenizer.decode(ids.slice(0, -1)), schema)).toEqual([]);
    }
  }
});
