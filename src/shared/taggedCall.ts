// Parses tagged tool calls: GLM-4.5 and later write a name, then <arg_key>k</arg_key><arg_value>v</arg_value> pairs;
// most other models write {"name", "arguments"} in JSON.

const TOOL_NAME = /^[\p{L}_][\p{L}\p{N}_.:-]{0,63}$/u;

/**
 * Parses a call between `<tool_call>` and its end. Values stay strings in the JSON of the arguments: only the tool's
 * schema says which of them are JSON themselves. Incomplete pairs are dropped.
 * @returns undefined without a tool name
 */
export function taggedCall(body: string): { tool: string; args: string } | undefined {
  const text = body.trim();
  if (text.startsWith('{')) return jsonCall(text);
  const tool = text.split(/\n|<arg_key>/, 1)[0].trim();
  if (!TOOL_NAME.test(tool)) return undefined;
  const pairs = [...text.matchAll(/<arg_key>([\s\S]*?)<\/arg_key>\s*<arg_value>([\s\S]*?)<\/arg_value>/g)];
  const args = Object.fromEntries(pairs.map(([, key, value]) => [key.trim(), value]));
  return { tool, args: JSON.stringify(args) };
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
