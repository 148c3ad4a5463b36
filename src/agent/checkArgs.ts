// The arguments of a call before it runs: JSON of the tool's schema. What is wrong goes back to the model.
import { faultsOfText } from '../grammar/validate';
import type { FormatFault, ToolSpec } from '../protocol/chat';

/** Faults told to the model at once. */
const MOST_FAULTS = 5;

/** @returns what is wrong with the arguments, for the model to read; undefined when nothing is */
export function argumentFault({ type, parameters }: ToolSpec, args: string): string | undefined {
  if (type !== 'function') return undefined;
  const text = args.trim() || '{}';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return `The arguments are not JSON: ${error instanceof Error ? error.message : String(error)}.`;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return `The arguments must be a JSON object, not ${Array.isArray(value) ? 'a list' : typeof value}.`;
  const twice = duplicateKey(text);
  if (twice !== undefined) return `The arguments have the key "${twice}" twice.`;
  const faults = parameters ? faultsOf(text, parameters) : [];
  if (faults.length === 0) return undefined;
  const told = faults.slice(0, MOST_FAULTS).map(({ where, why }) => `at ${where || '/'}: ${why}`);
  return `The arguments do not match the schema: ${told.join(' ')}`;
}

/** Faults by the schema; a schema that cannot be used, as a server's caller may send, checks nothing. */
function faultsOf(text: string, schema: Record<string, unknown>): FormatFault[] {
  try {
    return faultsOfText(text, schema);
  } catch {
    return [];
  }
}

/** A key that stands twice in one object of a valid JSON text, which `JSON.parse` passes over. */
export function duplicateKey(json: string): string | undefined {
  const open: (Set<string> | null)[] = []; // keys of the objects around; null: a list
  const tokens = json.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g);
  for (const [token, colon] of tokens) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(null);
    else if (token === '}' || token === ']') open.pop();
    else if (colon !== undefined) {
      const key = JSON.parse(token.slice(0, token.length - colon.length)) as string;
      const keys = open.at(-1);
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
  }
  return undefined;
}

/** Arguments in a form in which equal ones are equal texts. */
export function canonicalArgs(args: string): string {
  try {
    return JSON.stringify(sorted(JSON.parse(args)));
  } catch {
    return args.trim();
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, inner]) => [key, sorted(inner)]);
}
