import { describe, expect, test } from 'vitest';
import { AppError } from '../shared/errors';
import { GrammarWriter } from '../testing/grammar/grammarText';
import { seeded } from '../testing/random';
import { randomSchema } from '../testing/grammar/randomSchema';
import { argsGrammar } from './answerGrammar';
import { schemaGrammar } from './jsonSchema';
import { schemaValidator } from './validate';
import type { JsonSchema } from './schema';

/** Texts of the schema's grammar that are no JSON, or not valid under it. */
function faults(schema: unknown, count: number, seed: number): string[] {
  const { grammar, checkedAfterwards } = schemaGrammar(schema);
  const validate = schemaValidator(schema as JsonSchema);
  const writer = new GrammarWriter(grammar);
  const random = seeded(seed);
  const found: string[] = checkedAfterwards.map((where) => `checked afterwards: ${where}`);
  for (let n = 0; n < count; n++) {
    const text = writer.write(random);
    try {
      const [fault] = validate(JSON.parse(text));
      if (fault) found.push(`${text}: ${fault.where} ${fault.why}`);
    } catch (error) {
      found.push(`${text}: ${String(error)}`);
    }
  }
  return found;
}

test('a thousand random schemas: every text parses and is valid', () => {
  let satisfiable = 0;
  for (let seed = 1; seed <= 1000; seed++) {
    const schema = randomSchema(seeded(seed));
    try {
      const found = faults(schema, 10, seed);
      satisfiable++;
      expect(found, `seed ${seed}: ${JSON.stringify(schema)}`).toEqual([]);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      expect(error.details.why, JSON.stringify(schema)).toBe('no value satisfies it');
    }
  }
  expect(satisfiable).toBeGreaterThan(900);
});

describe('what no grammar expresses is named, never dropped', () => {
  const OUTSIDE: Record<string, unknown> = {
    not: { type: 'string' },
    if: { type: 'object' },
    contains: { type: 'integer' },
    uniqueItems: true,
    dependentRequired: { a: ['b'] },
    propertyNames: { maxLength: 3 },
    patternProperties: { '^x': { type: 'integer' } },
    minProperties: 2,
    unevaluatedProperties: false,
  };
  /** The restrictions to check afterwards; the keyword may also exclude every value of an enumeration. */
  const named = (schema: { properties: { a: object } }): string[] => {
    try {
      return schemaGrammar(schema).checkedAfterwards;
    } catch (error) {
      expect(error).toMatchObject({ code: 'bad-schema', details: { why: 'no value satisfies it' } });
      return Object.keys(schema.properties.a).map((keyword) => `/properties/a/${keyword}`);
    }
  };
  test.for(Object.keys(OUTSIDE))('%s, in 25 schemas', (keyword) => {
    for (let seed = 0; seed < 25; seed++) {
      const inner = { ...(randomSchema(seeded(seed), 3) as object), [keyword]: OUTSIDE[keyword] };
      const schema = { type: 'object', properties: { a: inner }, required: ['a'] };
      expect(named(schema)).toContain(`/properties/a/${keyword}`);
    }
  });

  test.for([
    [{ type: 'string', pattern: '(?=look)ahead' }, '/pattern'],
    [{ type: 'string', pattern: '(a)\\1' }, '/pattern'],
    [{ type: 'string', pattern: '\\bword' }, '/pattern'],
    [{ type: 'string', pattern: '^\\p{Lu}' }, '/pattern'],
    [{ type: 'string', pattern: '^[\\u4e00-\\u9fff]+$' }, '/pattern'],
    [{ type: 'string', pattern: 'a(^b|c$)' }, '/pattern'],
    [{ type: 'string', format: 'hostname' }, '/format'],
    [{ type: 'string', format: 'date', minLength: 3 }, '/minLength'],
    [{ type: 'string', pattern: '^a+$', maxLength: 4 }, '/maxLength'],
    [{ type: 'string', maxLength: 5000 }, '/maxLength'],
    [{ type: 'number', multipleOf: 0.1 }, '/multipleOf'],
    [{ type: 'integer', multipleOf: 97 }, '/multipleOf'],
    [{ oneOf: [{ type: 'integer' }, { type: 'number' }] }, '/oneOf'],
    [{ allOf: [{ pattern: 'a' }, { pattern: 'b' }] }, '/pattern'],
  ] as const)('%j: %s', ([schema, where]) => {
    expect(schemaGrammar(schema).checkedAfterwards).toEqual([where]);
  });
});

test.for<[name: string, schema: unknown, why: string]>([
  [
    'a required recursion',
    { type: 'object', properties: { a: { $ref: '#' } }, required: ['a'] },
    'no value satisfies it',
  ],
  ['an empty range', { type: 'integer', minimum: 3, maximum: 2 }, 'no value satisfies it'],
  ['two types at once', { allOf: [{ type: 'string' }, { type: 'integer' }] }, 'no value satisfies it'],
  ['false', false, 'no value satisfies it'],
  [
    'a reference to another document',
    { $ref: 'https://example.com/schema.json' },
    'leads outside the schema',
  ],
  ['a reference to nothing', { $ref: '#/$defs/none' }, 'leads nowhere'],
  ['a reference to itself', { $defs: { a: { $ref: '#/$defs/a' } }, $ref: '#/$defs/a' }, 'names itself'],
  ['a long enumeration', { enum: Array.from({ length: 1001 }, (_, i) => i) }, '1001 values in enum'],
  ['a large schema', { description: 'x'.repeat(70_000) }, 'at most 65536'],
  ['deep nesting', JSON.parse(`${'{"items":'.repeat(40)}{}${'}'.repeat(40)}`), 'nested deeper'],
  ['text', 'text', 'neither an object'],
])('refused: %s', ([, schema, why]) => {
  expect(() => schemaGrammar(schema)).toThrow(AppError);
  expect(() => schemaGrammar(schema)).toThrow(why);
});

test('objects keep the order of their properties, and optional ones may be missing', () => {
  const schema = {
    type: 'object',
    properties: { a: { const: 1 }, b: { const: 2 }, c: { const: 3 } },
    required: ['b'],
  };
  const writer = new GrammarWriter(schemaGrammar(schema).grammar);
  const random = seeded(7);
  const texts = new Set(Array.from({ length: 200 }, () => writer.write(random).replaceAll(' ', '')));
  expect([...texts].sort()).toEqual(['{"a":1,"b":2,"c":3}', '{"a":1,"b":2}', '{"b":2,"c":3}', '{"b":2}']);
});

test('every number of a small range can be written', () => {
  const writer = new GrammarWriter(schemaGrammar({ type: 'integer', minimum: -12, maximum: 103 }).grammar);
  const random = seeded(3);
  const values = new Set(Array.from({ length: 20_000 }, () => Number(writer.write(random))));
  expect([...values].sort((a, b) => a - b)).toEqual(Array.from({ length: 116 }, (_, i) => i - 12));
});

test('arguments of a call: what takes long to prepare for a large vocabulary is checked afterwards', () => {
  const string = { type: 'string' };
  const schema = {
    type: 'object',
    properties: {
      ...{
        short: { ...string, maxLength: 2 },
        long: { ...string, maxLength: 80 },
        mail: { ...string, format: 'email' },
      },
      ...{
        when: { ...string, format: 'date' },
        code: { ...string, pattern: '^[A-Z]{2}-\\d{4}$' },
        note: { ...string, pattern: '^[^x]{9}$' },
      },
    },
  };
  expect(argsGrammar(schema, 400).checkedAfterwards).toEqual([]);
  const where = (name: string) => `/properties/${name}`;
  expect(argsGrammar(schema, 151_552).checkedAfterwards).toEqual(
    [`${where('long')}/maxLength`, `${where('mail')}/format`, `${where('note')}/pattern`].sort(),
  );
});
