// JSON Schema as read: its keywords, references, and two schemas as one.
import { Validator } from '@cfworker/json-schema';
import { AppError } from '../shared/errors';

/** A schema as parsed JSON. */
export type JsonSchema = boolean | SchemaObject;
export type SchemaObject = { readonly [keyword: string]: unknown };

export const TYPES = ['object', 'array', 'string', 'integer', 'number', 'boolean', 'null'] as const;
export type TypeName = (typeof TYPES)[number];

/** Keywords that describe and restrict nothing, or hold what references name. */
const SILENT = new Set([
  '$schema', '$id', '$comment', '$defs', 'definitions', 'title', 'description', 'default', 'examples', 'example',
  'deprecated', 'readOnly', 'writeOnly', 'contentMediaType', 'contentEncoding',
]); // prettier-ignore

const LIMITS = { bytes: 64 * 1024, depth: 16, enumValues: 1000, properties: 200 };

export function isObject(value: unknown): value is SchemaObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws AppError bad-schema: `where` in the schema and `why` */
export function badSchema(where: string, why: string): AppError {
  return new AppError('bad-schema', `The schema cannot be used: ${where || 'the root'}: ${why}.`, {
    where,
    why,
  });
}

/** @throws AppError bad-schema if the schema is too large to compile while a person waits */
export function checkSize(schema: unknown): void {
  const bytes = new TextEncoder().encode(JSON.stringify(schema) ?? '').length;
  if (bytes > LIMITS.bytes) throw badSchema('', `${bytes} bytes, at most ${LIMITS.bytes}`);
  const visit = (value: unknown, where: string, depth: number) => {
    if (typeof value !== 'object' || value === null) return;
    if (depth > 2 * LIMITS.depth) throw badSchema(where, `nested deeper than ${LIMITS.depth} levels`);
    const { enum: listed, properties } = value as { enum?: unknown; properties?: unknown };
    if (Array.isArray(listed) && listed.length > LIMITS.enumValues)
      throw badSchema(where, `${listed.length} values in enum, at most ${LIMITS.enumValues}`);
    if (isObject(properties) && Object.keys(properties).length > LIMITS.properties)
      throw badSchema(where, `${Object.keys(properties).length} properties, at most ${LIMITS.properties}`);
    for (const [key, inner] of Object.entries(value)) visit(inner, `${where}/${key}`, depth + 1);
  };
  visit(schema, '', 0);
}

/** A schema and the document that its references point into. */
export class SchemaReader {
  constructor(private readonly document: JsonSchema) {}

  /** The schema that a local `$ref` names. */
  private target(ref: string, where: string): JsonSchema {
    if (ref !== '#' && !ref.startsWith('#/'))
      throw badSchema(where, `reference ${ref} leads outside the schema`);
    let found: unknown = this.document;
    for (const step of ref.split('/').slice(1)) {
      const key = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
      found =
        Object(found) === found && Object.hasOwn(found as object, key)
          ? (found as SchemaObject)[key]
          : undefined;
    }
    if (typeof found !== 'boolean' && !isObject(found))
      throw badSchema(where, `reference ${ref} leads nowhere`);
    return found;
  }

  /** The same schema without `$ref` and `allOf` at its top; `const` becomes `enum`. */
  flat(schema: JsonSchema, where: string, followed: readonly string[] = []): JsonSchema {
    if (typeof schema === 'boolean') return schema;
    const { $ref, allOf, const: only, ...rest } = schema;
    let result: JsonSchema = 'const' in schema ? { ...rest, enum: enumOf(rest.enum, only) } : rest;
    if (typeof $ref === 'string') {
      if (followed.includes($ref)) throw badSchema(where, `reference ${$ref} names itself`);
      result = merged(result, this.flat(this.target($ref, where), where, [...followed, $ref]));
    }
    if (Array.isArray(allOf))
      for (const part of allOf)
        result = merged(result, this.flat(part as JsonSchema, `${where}/allOf`, followed));
    return result;
  }

  /** Whether the whole value is valid under the schema, as a part of the document. */
  accepts(schema: JsonSchema, value: unknown): boolean {
    const shared = isObject(this.document) ? this.document : {};
    const { $defs, definitions } = shared;
    const whole =
      typeof schema === 'boolean'
        ? schema
        : { ...($defs ? { $defs } : {}), ...(definitions ? { definitions } : {}), ...schema };
    try {
      return new Validator(whole as never, '2020-12').validate(value).valid;
    } catch {
      return false; // a reference that the part cannot resolve
    }
  }
}

function enumOf(listed: unknown, only: unknown): unknown[] {
  return Array.isArray(listed) && !listed.some((value) => same(value, only)) ? [] : [only];
}

/** Whether two JSON values are equal. */
export function same(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

/** JSON text with sorted keys. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    isObject(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
}

/** The types that a flat schema allows. Without `type`, the keywords tell; undefined: any. */
export function typesOf(schema: SchemaObject): TypeName[] | undefined {
  const { type, nullable } = schema;
  const named = (
    Array.isArray(type) ? type : type === undefined ? impliedTypes(schema) : [type]
  ) as TypeName[];
  if (named.length === 0) return undefined;
  return nullable === true && !named.includes('null') ? [...named, 'null'] : named;
}

const KEYWORDS: Record<string, TypeName> = {
  properties: 'object', required: 'object', additionalProperties: 'object', minProperties: 'object', maxProperties: 'object',
  items: 'array', prefixItems: 'array', minItems: 'array', maxItems: 'array',
  minLength: 'string', maxLength: 'string', pattern: 'string', format: 'string',
  minimum: 'number', maximum: 'number', exclusiveMinimum: 'number', exclusiveMaximum: 'number', multipleOf: 'number',
}; // prettier-ignore

function impliedTypes(schema: SchemaObject): TypeName[] {
  return [...new Set(Object.keys(schema).flatMap((keyword) => KEYWORDS[keyword] ?? []))];
}

/** Keywords of a flat schema that a grammar cannot express: the finished text must be validated. */
export function unknownKeywords(schema: SchemaObject): string[] {
  const known = ['type', 'nullable', 'enum', 'anyOf', 'oneOf', 'unmerged'];
  return Object.keys(schema).filter(
    (keyword) =>
      !SILENT.has(keyword) &&
      !known.includes(keyword) &&
      (!(keyword in KEYWORDS) || (/Properties$/.test(keyword) && keyword !== 'additionalProperties')),
  );
}

/** One schema that allows what both allow. Keywords that have no common form are listed under `unmerged`. */
export function merged(a: JsonSchema, b: JsonSchema): JsonSchema {
  if (a === false || b === false) return false;
  if (a === true) return b;
  if (b === true) return a;
  const result: Record<string, unknown> = {};
  const unmerged = [...((a.unmerged as string[]) ?? []), ...((b.unmerged as string[]) ?? [])];
  for (const keyword of new Set([...Object.keys(a), ...Object.keys(b)])) {
    if (keyword === 'unmerged') continue;
    const [x, y] = [a[keyword], b[keyword]];
    if (x === undefined || y === undefined || same(x, y)) result[keyword] = x ?? y;
    else if (keyword in MERGES) {
      const both = MERGES[keyword](x, y);
      if (both === undefined) return false;
      result[keyword] = both;
    } else if (SILENT.has(keyword)) result[keyword] = x;
    else {
      result[keyword] = x;
      unmerged.push(keyword);
    }
  }
  if (result.type === undefined) delete result.type;
  mergeMembers(a, b, result);
  if (unmerged.length > 0) result.unmerged = [...new Set(unmerged)];
  return result;
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);
const largest = (x: unknown, y: unknown) => Math.max(x as number, y as number);
const least = (x: unknown, y: unknown) => Math.min(x as number, y as number);

/** How two values of a keyword become one; undefined: nothing satisfies both. */
const MERGES: Record<string, (x: unknown, y: unknown) => unknown> = {
  type: (x, y) => {
    const both = TYPES.filter((type) => allows(list(x), type) && allows(list(y), type));
    return both.length > 0 ? both.filter((type) => type !== 'integer' || !both.includes('number')) : undefined;
  },
  enum: (x, y) => list(x).filter((value) => list(y).some((other) => same(value, other))),
  required: (x, y) => [...new Set([...list(x), ...list(y)])],
  minimum: largest, exclusiveMinimum: largest, minLength: largest, minItems: largest, minProperties: largest,
  maximum: least, exclusiveMaximum: least, maxLength: least, maxItems: least, maxProperties: least,
  multipleOf: (x, y) => leastCommonMultiple(x as number, y as number),
  nullable: (x, y) => x === true && y === true,
  anyOf: (x, y) => list(x).flatMap((one) => list(y).map((other) => ({ allOf: [one, other] }))),
  items: (x, y) => ({ allOf: [x, y] }),
  properties: (x) => x, // mergeMembers replaces these three
  additionalProperties: (x) => x,
  prefixItems: (x) => x,
}; // prettier-ignore

const allows = (types: unknown[], type: TypeName) =>
  types.includes(type) || (type === 'integer' && types.includes('number'));

function leastCommonMultiple(x: number, y: number): number {
  let [a, b] = [x, y];
  while (b > 1e-9) [a, b] = [b, a % b];
  return (x / a) * y;
}

/** Properties and items: what one schema leaves open, the other may forbid. */
function mergeMembers(a: SchemaObject, b: SchemaObject, result: Record<string, unknown>): void {
  const [ours, theirs] = [a, b].map(({ properties }) => (isObject(properties) ? properties : {}));
  const rest = (schema: SchemaObject) => (schema.additionalProperties ?? true) as JsonSchema;
  const names = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])];
  if (names.length > 0)
    result.properties = Object.fromEntries(
      names.map((name) => [
        name,
        both((ours[name] ?? rest(a)) as JsonSchema, (theirs[name] ?? rest(b)) as JsonSchema),
      ]),
    );
  if ('additionalProperties' in a || 'additionalProperties' in b)
    result.additionalProperties = both(rest(a), rest(b));

  const [first, second] = [a, b].map(({ prefixItems }) =>
    Array.isArray(prefixItems) ? (prefixItems as JsonSchema[]) : [],
  );
  const item = (schema: SchemaObject) => (schema.items ?? true) as JsonSchema;
  const length = Math.max(first.length, second.length);
  if (length > 0)
    result.prefixItems = Array.from({ length }, (_, i) => both(first[i] ?? item(a), second[i] ?? item(b)));
}

function both(a: JsonSchema, b: JsonSchema): JsonSchema {
  if (a === false || b === false) return false;
  if (a === true) return b;
  return b === true || same(a, b) ? a : { allOf: [a, b] };
}
