// Random JSON Schemas from the subset that the grammar expresses exactly.
import type { Random } from '../random';

const NAMES = ['city', 'unit', 'count', '城市', 'a "quoted" name', 'x', 'xy', 'items', 'nullable'];
const PATTERNS = ['^[A-Z]{2}\\d{3}$', 'ab+', '^(?:foo|bar)-[^x]$', '^\\w+@\\w+$', '[.]$|^"'];
const FORMAT_NAMES = ['date', 'time', 'date-time', 'uuid', 'email', 'uri', 'ipv4'];
const VALUES: unknown[] = [
  'celsius',
  '摄氏',
  0,
  -1.5,
  true,
  null,
  [1, 'a'],
  { a: { b: [] } },
  'with "quotes"\n',
];

/** A random schema of the subset. Some allow no value at all. */
export function randomSchema(random: Random, depth = 0): unknown {
  const pick = <T>(list: readonly T[]): T => list[random.int(list.length)];
  const maybe = <T>(make: () => T): T | undefined => (random.int(2) ? make() : undefined);
  const some = <T>(list: readonly T[], most: number): T[] =>
    list.filter(() => random.int(list.length) < most);
  const defined = (schema: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(schema).filter(([, value]) => value !== undefined));
  const inner = () => randomSchema(random, depth + 1);
  const number = () =>
    random.int(3) ? random.int(400) - 200 : (random.int(40000) - 20000) / pick([10, 1000, 7]);

  const leaves = [
    () => ({ type: 'boolean' }),
    () => ({ type: 'null' }),
    () => ({ type: pick(['string', 'integer', 'number']), nullable: true }),
    () => ({ enum: VALUES.filter(() => random.int(3) === 0).concat([pick(VALUES)]) }),
    () => ({ const: pick(VALUES) }),
    () => ({ type: 'string' }),
    () =>
      defined({
        type: 'string',
        minLength: maybe(() => random.int(4)),
        maxLength: maybe(() => 4 + random.int(6)),
      }),
    () => ({ type: 'string', pattern: pick(PATTERNS) }),
    () => ({ type: 'string', format: pick(FORMAT_NAMES) }),
    () => ({ type: ['string', 'integer'], maxLength: 3, minimum: -5 }),
    () =>
      defined({
        type: 'integer',
        minimum: maybe(number),
        maximum: maybe(number),
        multipleOf: maybe(() => 1 + random.int(12)),
      }),
    () => defined({ type: 'integer', exclusiveMinimum: maybe(number), exclusiveMaximum: maybe(number) }),
    () => defined({ type: 'number', minimum: maybe(number), maximum: maybe(number) }),
    () => defined({ type: 'number', exclusiveMinimum: maybe(number), exclusiveMaximum: maybe(number) }),
  ];
  if (depth >= 3 || random.int(3) === 0) return pick(leaves)();
  const nested = [
    () => {
      const names = some(NAMES, 4);
      return defined({
        type: 'object',
        properties: Object.fromEntries(names.map((name) => [name, inner()])),
        required: some(names, 4),
        additionalProperties: pick([false, undefined, { type: 'integer' }]),
      });
    },
    () =>
      defined({
        type: 'array',
        items: inner(),
        minItems: maybe(() => random.int(3)),
        maxItems: maybe(() => 2 + random.int(3)),
      }),
    () =>
      defined({
        type: 'array',
        prefixItems: [inner(), inner()],
        items: pick([false, undefined, { type: 'null' }]),
        minItems: maybe(() => 1 + random.int(3)),
      }),
    () => ({ anyOf: [inner(), inner(), inner()] }),
    () => ({ oneOf: [{ type: 'integer', minimum: 3 }, { type: 'string' }, { type: 'object', properties: { kind: { const: 'a' } }, required: ['kind'] }, { type: 'object', properties: { kind: { const: 'b' }, x: inner() }, required: ['kind'] }] }), // prettier-ignore
    () => ({
      allOf: [
        { type: 'object', properties: { x: inner() }, required: ['x'] },
        { properties: { xy: inner() } },
      ],
    }),
    () => ({
      allOf: [
        { type: ['integer', 'string'], minimum: 2, maximum: 90 },
        { minimum: -4, maximum: 70, maxLength: 5 },
      ],
    }),
  ];
  const schema = pick(nested)();
  if (depth > 0 || random.int(4)) return schema;
  return {
    $defs: { tree: { type: 'object', properties: { value: inner(), left: { $ref: '#/$defs/tree' }, more: { type: 'array', items: { $ref: '#/$defs/tree' }, maxItems: 2 } }, required: ['value'] } },
    ...(random.int(2) ? { $ref: '#/$defs/tree' } : { anyOf: [{ $ref: '#/$defs/tree' }, schema] }),
  }; // prettier-ignore
}
