// Schemas of an OpenAPI document as JSON Schemas that stand alone: references point into their own `$defs`.
import { isObject, resolve, type Json } from './document';

/** Keywords for people and for other programs: they cost tokens and restrict nothing. */
const DROPPED = [
  'xml',
  'example',
  'examples',
  'externalDocs',
  'discriminator',
  'deprecated',
  'writeOnly',
  'readOnly',
  'title',
];
const HOLD_SCHEMAS = ['properties', 'patternProperties', '$defs', 'definitions'];
const HOLD_VALUES = ['enum', 'const', 'default', 'required'];
const MOST_DESCRIPTION = 200;

export class SchemaCopy {
  /** The schemas that the copies refer to, by name. */
  readonly definitions: Json = {};
  private readonly names = new Map<string, string>();

  constructor(private readonly root: Json) {}

  /** @returns undefined when a reference leads out of the document or nowhere */
  of(schema: unknown): unknown {
    let isWhole = true;
    const copied = this.copy(schema, () => (isWhole = false));
    return isWhole ? copied : undefined;
  }

  private copy(schema: unknown, lost: () => void): unknown {
    if (Array.isArray(schema)) return schema.map((one) => this.copy(one, lost));
    if (!isObject(schema)) return schema;
    if (typeof schema.$ref === 'string') return this.reference(schema.$ref, lost);
    const entries = Object.entries(schema)
      .filter(([key]) => !DROPPED.includes(key) && !key.startsWith('x-'))
      .map(([key, value]): [string, unknown] => {
        if (HOLD_VALUES.includes(key)) return [key, value];
        if (key === 'description')
          return [key, String(value).replace(/\s+/g, ' ').trim().slice(0, MOST_DESCRIPTION)];
        if (HOLD_SCHEMAS.includes(key) && isObject(value))
          return [
            key,
            Object.fromEntries(Object.entries(value).map(([name, one]) => [name, this.copy(one, lost)])),
          ];
        return [key, this.copy(value, lost)];
      });
    return withPlainBounds(Object.fromEntries(entries));
  }

  private reference(ref: string, lost: () => void): Json {
    const known = this.names.get(ref);
    if (known !== undefined) return { $ref: `#/$defs/${known}` };
    const target = resolve(this.root, { $ref: ref });
    if (target === undefined) {
      lost();
      return {};
    }
    const plain = (ref.split('/').at(-1) ?? 'schema').replace(/[^A-Za-z0-9_]+/g, '_');
    let name = plain;
    for (let n = 2; Object.hasOwn(this.definitions, name); n++) name = `${plain}_${n}`;
    this.names.set(ref, name);
    this.definitions[name] = {}; // while its own copy is made: schemas may contain themselves
    this.definitions[name] = this.copy(target, lost);
    return { $ref: `#/$defs/${name}` };
  }
}

/** `exclusiveMinimum: true` beside `minimum`, as OpenAPI 3.0 writes it. */
function withPlainBounds(schema: Json): Json {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, ...rest } = schema;
  const bound = (name: string, value: unknown, exclusive: unknown): Json => {
    const exclusiveName = `exclusive${name[0].toUpperCase()}${name.slice(1)}`;
    if (typeof exclusive === 'number')
      return { [exclusiveName]: exclusive, ...(value !== undefined && { [name]: value }) };
    if (value === undefined) return {};
    return { [exclusive === true ? exclusiveName : name]: value };
  };
  return {
    ...rest,
    ...bound('minimum', minimum, exclusiveMinimum),
    ...bound('maximum', maximum, exclusiveMaximum),
  };
}
