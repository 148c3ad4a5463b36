// Parses tagged tool calls: GLM-4.5 and later write a name, then <arg_key>k</arg_key><arg_value>v</arg_value> pairs;
// most other models write {"name", "arguments"} in JSON.

const TOOL_NAME = /^[\p{L}_][\p{L}\p{N}_.:-]{0,63}$/u;

/** Special tokens of such calls. */
export const CALL_TAGS = [
  '<tool_call>',
  '</tool_call>',
  '<arg_key>',
  '</arg_key>',
  '<arg_value>',
  '</arg_value>',
] as const;

/** A tool, as far as the values of its arguments depend on it. */
export interface CalledTool {
  name: string;
  parameters?: Record<string, unknown>;
}

/**
 * Parses a call between `<tool_call>` and its end. The tool's schema says which values are JSON: a value that may be a
 * string stays one unless it is null; without a schema all are strings. Incomplete pairs are dropped.
 * @param tools the call is of one of them; without them of any
 * @returns undefined without a tool name
 */
export function taggedCall(
  body: string,
  tools?: readonly CalledTool[],
): { tool: string; args: string } | undefined {
  const call = anyCall(body.trim(), tools);
  return call && tools && !tools.some(({ name }) => name === call.tool) ? undefined : call;
}

function anyCall(
  text: string,
  tools: readonly CalledTool[] = [],
): { tool: string; args: string } | undefined {
  if (text.startsWith('{')) return jsonCall(text);
  const tool = text.split(/\n|<arg_key>/, 1)[0].trim();
  if (!TOOL_NAME.test(tool)) return undefined;
  const { properties = {} } = (tools.find(({ name }) => name === tool)?.parameters ?? {}) as {
    properties?: Record<string, unknown>;
  };
  const pairs = [...text.matchAll(/<arg_key>([\s\S]*?)<\/arg_key>\s*<arg_value>([\s\S]*?)<\/arg_value>/g)];
  const args = Object.fromEntries(
    pairs.map(([, key, value]) => [key.trim(), typed(value, properties[key.trim()])]),
  );
  return { tool, args: JSON.stringify(args) };
}

/** A value of that schema: JSON unless it may be a string. */
function typed(value: string, schema: unknown): unknown {
  if (!schema || mayBeString(schema))
    return schema && value === 'null' && mayBe('null', schema) ? null : value;
  try {
    return JSON.parse(value.trim());
  } catch {
    return value;
  }
}

/** Such a value is written without quotes, and any text is one. */
export const mayBeString = (schema: unknown): boolean => mayBe('string', schema);

/** Whether a schema allows values of a type, as far as `type`, `enum`, `const` and `anyOf` say. */
function mayBe(type: 'string' | 'null', schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return schema === true;
  const {
    type: types,
    enum: values,
    const: value,
    anyOf,
    oneOf,
    nullable,
  } = schema as Record<string, unknown>;
  const is = (one: unknown) => (type === 'null' ? one === null : typeof one === 'string');
  if (type === 'null' && nullable === true) return true;
  if (types !== undefined) return [types].flat().includes(type);
  if (Array.isArray(values)) return values.some(is);
  if (value !== undefined) return is(value);
  const options = [anyOf, oneOf].find(Array.isArray) as unknown[] | undefined;
  return options?.some((option) => mayBe(type, option)) ?? false;
}

function jsonCall(text: string): { tool: string; args: string } | undefined {
  try {
    const { name, arguments: args } = JSON.parse(text) as { name?: unknown; arguments?: unknown };
    if (typeof name !== 'string' || !TOOL_NAME.test(name)) return undefined;
    return { tool: name, args: typeof args === 'string' ? args : JSON.stringify(args ?? {}) };
  } catch {
    return undefined;
  }
}
