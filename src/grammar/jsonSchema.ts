// JSON Schema → grammar. Every text of the grammar is JSON that is valid under the schema, except for the restrictions listed
// in `checkedAfterwards`. Not every valid text is in it: objects keep the order of their properties, and what a schema
// neither names nor describes is left out. Source: JSON Schema 2020-12, with `nullable` of OpenAPI 3.0.
import { jsonChars } from './jsonChars';
import { ALL_CHARS, without } from './ranges';
import { costOf } from './cost';
import { FORMATS } from './formats';
import { integerExpression, MAX_DIVISOR, numberExpression, type Bounds } from './numbers';
import { regexExpression } from './regex';
import {
  choice,
  EMPTY,
  isExact,
  isExactInEbnf,
  NOTHING,
  optional,
  pruned,
  repeat,
  RuleBook,
  sequence,
  text,
} from './rules';
import type { Expression, Grammar } from './rules';
import {
  badSchema,
  canonical,
  checkSize,
  isObject,
  SchemaReader,
  typesOf,
  TYPES,
  unknownKeywords,
  type JsonSchema,
  type SchemaObject,
  type TypeName,
} from './schema';

export interface SchemaGrammar {
  grammar: Grammar;
  /** Restrictions that no grammar expresses, as JSON pointers into the schema: validate the finished text. */
  checkedAfterwards: string[];
}

/** Longer strings and arrays would make the grammar too large; the validator checks their bounds. */
const MAX_COUNT = 1000;
/** Products of several anyOf. */
const MAX_OPTIONS = 64;

const COMMA = sequence(text(','), optional(text(' ')));
const COLON = sequence(text(':'), optional(text(' ')));
const quoted = (inside: Expression) => sequence(text('"'), inside, text('"'));

/** What a quick grammar checks afterwards, since counting many characters takes long to prepare (cost.ts). */
const QUICK_COUNT = 2;
const SLOW_FORMATS = ['email', 'uri'];

/**
 * The grammar of a schema's JSON texts.
 * @param quick leaves long lengths, and patterns and formats that count characters, to the validator
 * @throws AppError bad-schema: too large, a reference outside the schema, or a schema that no value satisfies
 */
export function schemaGrammar(schema: unknown, { quick = false } = {}): SchemaGrammar {
  if (typeof schema !== 'boolean' && !isObject(schema))
    throw badSchema('', 'neither an object nor true or false');
  checkSize(schema);
  const builder = new Builder(schema, quick);
  const root = builder.value(schema, '');
  const grammar = pruned({ root, rules: builder.book.rules });
  if (!grammar) throw badSchema('', 'no value satisfies it');
  return { grammar, checkedAfterwards: [...builder.checkedAfterwards].sort() };
}

class Builder {
  readonly book = new RuleBook();
  readonly checkedAfterwards = new Set<string>();
  private readonly reader: SchemaReader;
  private readonly char = this.book.rule('character of a string', () => jsonChars(ALL_CHARS));
  /** One rule for all strings without bounds: web-xgrammar judges the vocabulary once for each rule's places. */
  private readonly anyString = this.book.rule('any string', () => quoted(repeat(this.char, 0)));

  constructor(
    document: JsonSchema,
    private readonly quick: boolean,
  ) {
    this.reader = new SchemaReader(document);
  }

  /** Any value of the schema. Equal schemas share a rule, so recursion ends. */
  value(schema: JsonSchema, where: string): Expression {
    const flat = this.reader.flat(schema, where);
    if (flat === false) return NOTHING;
    if (flat === true) return this.anything();
    return this.book.rule(`value ${canonical(flat)}`, () => this.flatValue(flat, where));
  }

  private flatValue(flat: SchemaObject, where: string): Expression {
    this.note(where, [...unknownKeywords(flat), ...((flat.unmerged as string[]) ?? [])]);
    if (Array.isArray(flat.enum)) {
      const values = flat.enum.filter((value) => this.reader.accepts(flat, value));
      return choice(...values.map((value) => text(JSON.stringify(value))));
    }
    for (const keyword of ['anyOf', 'oneOf'] as const)
      if (Array.isArray(flat[keyword])) return this.options(flat, keyword, where);
    const types = typesOf(flat);
    if (!types) return this.anything();
    return choice(...types.map((type) => this.typed(type, flat, where)));
  }

  private note(where: string, keywords: string[]): void {
    for (const keyword of keywords) this.checkedAfterwards.add(`${where}/${keyword}`);
  }

  /** Each option together with what stands beside the keyword. */
  private options(flat: SchemaObject, keyword: 'anyOf' | 'oneOf', where: string): Expression {
    const { [keyword]: options, ...rest } = flat;
    const branches = options as JsonSchema[];
    if (branches.length > MAX_OPTIONS)
      throw badSchema(`${where}/${keyword}`, `${branches.length} options, at most ${MAX_OPTIONS}`);
    if (keyword === 'oneOf' && !this.areDisjoint(branches, where)) this.note(where, ['oneOf']);
    return choice(
      ...branches.map((branch, i) => this.value({ allOf: [rest, branch] }, `${where}/${keyword}/${i}`)),
    );
  }

  /** Whether no value can satisfy two of the schemas, as far as types, enumerations and tagged objects show it. */
  private areDisjoint(schemas: readonly JsonSchema[], where: string): boolean {
    return schemas.every((a, i) => schemas.slice(i + 1).every((b) => this.excludes(a, b, where, 0)));
  }

  private excludes(one: JsonSchema, other: JsonSchema, where: string, depth: number): boolean {
    const [a, b] = [this.reader.flat(one, where), this.reader.flat(other, where)];
    if (a === false || b === false) return true;
    if (a === true || b === true || depth > 4) return false;
    if (Array.isArray(a.enum)) return a.enum.every((value) => !this.reader.accepts(b, value));
    if (Array.isArray(b.enum)) return b.enum.every((value) => !this.reader.accepts(a, value));
    const [types, others] = [a, b].map((flat) => ('type' in flat ? typesOf(flat) : undefined));
    if (!types || !others) return false;
    const shared = types.filter((type) => others.some((name) => overlap(type, name)));
    if (shared.length === 0) return true;
    if (shared.some((type) => type !== 'object')) return false;
    const required = (flat: SchemaObject) =>
      Array.isArray(flat.required) ? (flat.required as string[]) : [];
    const property = (flat: SchemaObject, name: string) =>
      (isObject(flat.properties) ? flat.properties[name] : undefined) as JsonSchema | undefined;
    return [...required(a), ...required(b)].some((name) => {
      const [mine, yours] = [property(a, name), property(b, name)];
      if (required(a).includes(name) && yours === undefined && b.additionalProperties === false) return true;
      if (required(b).includes(name) && mine === undefined && a.additionalProperties === false) return true;
      return mine !== undefined && yours !== undefined && this.excludes(mine, yours, where, depth + 1);
    });
  }

  private anything(): Expression {
    return this.book.rule('anything', () =>
      choice(...TYPES.filter((type) => type !== 'integer').map((type) => this.typed(type, {}, ''))),
    );
  }

  private typed(type: TypeName, flat: SchemaObject, where: string): Expression {
    switch (type) {
      case 'null':
        return text('null');
      case 'boolean':
        return choice(text('true'), text('false'));
      case 'integer':
        return this.integer(flat, where);
      case 'number':
        return this.number(flat, where);
      case 'string':
        return this.string(flat, where);
      case 'array':
        return this.array(flat, where);
      case 'object':
        return this.object(flat, where);
      default:
        throw badSchema(`${where}/type`, `unknown type ${String(type)}`);
    }
  }

  private integer(flat: SchemaObject, where: string): Expression {
    const divisor = (flat.multipleOf ?? 1) as number;
    const fits = Number.isInteger(divisor) && divisor >= 1 && divisor <= MAX_DIVISOR;
    if (!fits) this.note(where, ['multipleOf']);
    return integerExpression(boundsOf(flat), fits ? divisor : 1, this.book);
  }

  private number(flat: SchemaObject, where: string): Expression {
    if (flat.multipleOf !== undefined && Number.isInteger(flat.multipleOf)) return this.integer(flat, where);
    if (flat.multipleOf !== undefined) this.note(where, ['multipleOf']);
    return numberExpression(boundsOf(flat), this.book);
  }

  private string(flat: SchemaObject, where: string): Expression {
    const {
      pattern,
      format,
      minLength = 0,
      maxLength,
    } = flat as {
      pattern?: string;
      format?: string;
      minLength?: number;
      maxLength?: number;
    };
    const counts = minLength > 0 || maxLength !== undefined;
    const hasLength = counts && !(this.quick && Math.max(minLength, maxLength ?? 0) > QUICK_COUNT);
    if (counts && !hasLength)
      this.note(
        where,
        ['minLength', 'maxLength'].filter((key) => key in flat),
      );
    const exact = pattern === undefined ? undefined : regexExpression(pattern, jsonChars);
    const isSlow = exact && this.quick && costOf({ root: exact, rules: this.book.rules }) > QUICK_COUNT;
    const spelled = isSlow ? undefined : exact;
    if (spelled) {
      this.note(where, [
        ...(isExact(spelled) ? [] : ['pattern']),
        ...(hasLength ? ['minLength', 'maxLength'].filter((key) => key in flat) : []),
        ...(format ? ['format'] : []),
      ]);
      return quoted(spelled);
    }
    if (pattern !== undefined) this.note(where, ['pattern']);
    const known =
      format !== undefined && Object.hasOwn(FORMATS, format) && !(this.quick && SLOW_FORMATS.includes(format))
        ? regexExpression(FORMATS[format], jsonChars)
        : undefined;
    if (known) {
      this.note(
        where,
        ['minLength', 'maxLength'].filter((key) => key in flat),
      );
      return quoted(known);
    }
    if (format !== undefined) this.note(where, ['format']);
    if (!hasLength) return this.anyString;
    return quoted(this.counted(this.char, minLength, maxLength, where, 'Length'));
  }

  /** A repetition within bounds; bounds that are too large are checked afterwards. */
  private counted(
    body: Expression,
    min: number,
    max: number | undefined,
    where: string,
    what: string,
  ): Expression {
    if (min > MAX_COUNT) this.note(where, [`min${what}`]);
    if (max !== undefined && max > MAX_COUNT) this.note(where, [`max${what}`]);
    if (max !== undefined && min > max) return NOTHING;
    return repeat(body, Math.min(min, MAX_COUNT), max !== undefined && max <= MAX_COUNT ? max : undefined);
  }

  private array(flat: SchemaObject, where: string): Expression {
    const { minItems = 0, maxItems } = flat as { minItems?: number; maxItems?: number };
    const prefix = Array.isArray(flat.prefixItems) ? (flat.prefixItems as JsonSchema[]) : [];
    if (maxItems !== undefined && minItems > maxItems) return NOTHING;
    const item = () => this.value((flat.items ?? true) as JsonSchema, `${where}/items`);
    const most = maxItems ?? Infinity;
    const isClosed = flat.items === false || most <= prefix.length;
    const rest = (min: number): Expression => {
      if (isClosed) return min > 0 ? NOTHING : EMPTY;
      const max = maxItems === undefined ? undefined : maxItems - prefix.length;
      return this.counted(sequence(COMMA, item()), min, max, where, 'Items');
    };
    /** From the element at `at` on, where an element stands before it. */
    const after = (at: number): Expression => {
      if (at >= most) return EMPTY;
      if (at === prefix.length) return rest(Math.max(0, minItems - at));
      const next = sequence(COMMA, this.value(prefix[at], `${where}/prefixItems/${at}`), after(at + 1));
      return at < minItems ? next : optional(next);
    };
    if (most === 0) return text('[]');
    let first: Expression;
    if (prefix.length > 0) first = sequence(this.value(prefix[0], `${where}/prefixItems/0`), after(1));
    else if (isClosed) first = NOTHING;
    else {
      const more = maxItems === undefined ? undefined : maxItems - 1;
      const others = this.counted(sequence(COMMA, item()), Math.max(0, minItems - 1), more, where, 'Items');
      first = sequence(item(), others);
    }
    return sequence(text('['), minItems > 0 ? first : choice(EMPTY, first), text(']'));
  }

  private object(flat: SchemaObject, where: string): Expression {
    const properties = isObject(flat.properties) ? flat.properties : {};
    const required = Array.isArray(flat.required) ? (flat.required as string[]) : [];
    const named = Object.keys(properties);
    const extra = flat.additionalProperties as JsonSchema | undefined;
    const unnamed = required.filter((name) => !named.includes(name)); // described by additionalProperties alone
    const names = [...named, ...unnamed];
    const pair = (name: string): Expression => {
      const schema = (named.includes(name) ? properties[name] : (extra ?? true)) as JsonSchema;
      return sequence(text(JSON.stringify(name)), COLON, this.value(schema, `${where}/properties/${name}`));
    };
    const extras = (): Expression => {
      const isOpen =
        names.length === 0 ? extra !== false : extra !== undefined && extra !== false && extra !== true;
      if (!isOpen) return NOTHING;
      const key = names.length === 0 ? this.anyString : keyExcept(names, this.char);
      return sequence(key, COLON, this.value(extra ?? true, `${where}/additionalProperties`));
    };
    /** From the property at `at` on; `first`: none stands before it. */
    const from = (at: number, first: boolean): Expression => {
      if (at === names.length) {
        const one = extras();
        const more = repeat(sequence(COMMA, one), 0);
        return first ? optional(sequence(one, more)) : more;
      }
      return this.book.rule(`${where} ${canonical(flat)} from ${at} ${first}`, () => {
        const here = sequence(first ? EMPTY : COMMA, pair(names[at]), from(at + 1, false));
        return required.includes(names[at]) ? here : choice(here, from(at + 1, first));
      });
    };
    return sequence(text('{'), from(0, true), text('}'));
  }
}

function overlap(a: TypeName, b: TypeName): boolean {
  return a === b || (a === 'integer' && b === 'number') || (a === 'number' && b === 'integer');
}

function boundsOf(flat: SchemaObject): Bounds {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = flat as Bounds;
  return { minimum, maximum, exclusiveMinimum, exclusiveMaximum };
}

/** A quoted key that is none of the names. */
function keyExcept(names: readonly string[], anyChar: Expression): Expression {
  const from = (suffixes: readonly string[]): Expression => {
    const nexts = new Map<string, string[]>();
    for (const suffix of suffixes) {
      const [char] = suffix;
      if (char !== undefined) nexts.set(char, [...(nexts.get(char) ?? []), suffix.slice(char.length)]);
    }
    const taken = [...nexts.keys()].map((char) => char.codePointAt(0) as number);
    const free = without(
      ALL_CHARS,
      taken.map((code) => [code, code] as const),
    );
    const others = jsonChars(isExactInEbnf(free) ? free : without(free, [[0x80, 0x10ffff]]));
    return choice(
      ...(suffixes.includes('') ? [] : [text('"')]),
      sequence(others, repeat(anyChar, 0), text('"')),
      ...[...nexts].map(([char, rests]) => {
        const code = char.codePointAt(0) as number;
        return sequence(jsonChars([[code, code]]), from(rests));
      }),
    );
  };
  return sequence(text('"'), from(names));
}
