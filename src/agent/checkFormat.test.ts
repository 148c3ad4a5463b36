import { expect, test } from 'vitest';
import { checkFormat } from './checkFormat';

test('a schema is accepted with what is checked afterwards; one without values is refused', () => {
  const schema = {
    type: 'object',
    properties: { id: { type: 'string', pattern: '(?=x)x' } },
    required: ['id'],
  };
  expect(checkFormat({ kind: 'schema', schema })).toEqual(['/properties/id/pattern']);
  expect(checkFormat({ kind: 'choice', options: ['yes', 'no'] })).toEqual([]);
  expect(() => checkFormat({ kind: 'schema', schema: false })).toThrow(/no value/);
  expect(() => checkFormat({ kind: 'regex', pattern: '(a' })).toThrow(/not supported/);
  expect(() => checkFormat({ kind: 'ebnf', grammar: 'answer ::= "yes"' })).toThrow(/root/);
});
