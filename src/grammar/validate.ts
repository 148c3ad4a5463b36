// Checks a finished value against its schema: what a grammar could not express, and what was written without one.
import { Validator, type OutputUnit } from '@cfworker/json-schema';
import type { FormatFault } from '../protocol/chat';
import { isObject } from './schema';

/** Compiles a schema once for many values. */
export function schemaValidator(schema: unknown): (value: unknown) => FormatFault[] {
  const validator = new Validator(withNullTypes(schema) as never, '2020-12', false);
  return (value) => {
    const { valid, errors } = validator.validate(value);
    return valid ? [] : innermost(errors);
  };
}

/** Faults of an answer as text. */
export function faultsOfText(text: string, schema: unknown): FormatFault[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return [{ where: '', why: error instanceof Error ? error.message : 'no JSON' }];
  }
  return schemaValidator(schema)(value);
}

/** The faults that name a value, without the keywords that only repeat a fault further inside. */
function innermost(errors: OutputUnit[]): FormatFault[] {
  const outer = new Set(['properties', 'items', 'prefixItems', 'additionalProperties', '$ref', 'allOf']);
  const faults = errors.filter(({ keyword }) => !outer.has(keyword));
  return (faults.length > 0 ? faults : errors).map(({ instanceLocation, error }) => ({
    where: decodeURIComponent(instanceLocation.replace(/^#/, '')),
    why: error,
  }));
}

const HOLD_SCHEMAS = ['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas'];
const HOLD_VALUES = ['enum', 'const', 'default', 'examples', 'example'];

/** `nullable: true` of OpenAPI 3.0 as the type null of JSON Schema. */
function withNullTypes(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withNullTypes);
  if (!isObject(schema)) return schema;
  const entries = Object.entries(schema).map(([key, value]) => {
    if (HOLD_VALUES.includes(key)) return [key, value] as const;
    if (HOLD_SCHEMAS.includes(key) && isObject(value))
      return [
        key,
        Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withNullTypes(inner)])),
      ] as const;
    return [key, withNullTypes(value)] as const;
  });
  const { nullable, type, ...rest } = Object.fromEntries(entries) as Record<string, unknown>;
  if (nullable !== true || type === undefined) return { ...rest, ...(type !== undefined && { type }) };
  return { ...rest, type: [...new Set([...(Array.isArray(type) ? type : [type]), 'null'])] };
}
