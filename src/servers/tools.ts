// Tools in the form of the OpenAI API. It knows functions with JSON arguments only; GLM-4's own tools, whose arguments
// are plain text here, become functions with one text.
import type { AnswerPart, PartEvent, ForcedCall, ToolSpec } from '../protocol/chat';

const PLAIN = {
  python: {
    key: 'code',
    about: 'Runs Python code in a persistent session and returns what it prints and its last value.',
  },
  simple_browser: { key: 'call', about: 'A call of the browser, such as search("query").' },
  cogview: { key: 'prompt', about: 'Draws a picture from a description.' },
} as const;
type PlainTool = keyof typeof PLAIN;

const isPlain = (name: string): name is PlainTool => Object.hasOwn(PLAIN, name);

/** The tools of a request. */
export function toServerTools(specs: readonly ToolSpec[]): unknown[] {
  return specs.map(({ type, name, description, parameters }) => {
    if (type === 'function')
      return {
        type,
        function: { name, description, parameters: parameters ?? { type: 'object', properties: {} } },
      };
    const { key, about } = PLAIN[type];
    const schema = { type: 'object', properties: { [key]: { type: 'string' } }, required: [key] };
    return { type: 'function', function: { name, description: description || about, parameters: schema } };
  });
}

/** The call that an answer must begin with. */
export const toServerChoice = (choice: ForcedCall): unknown =>
  choice === 'required' ? choice : { type: 'function', function: choice };

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The arguments of a call as a server reads them: always a JSON object, which chat templates insist on. */
export function toServerArgs(tool: string, args: string): string {
  if (isPlain(tool)) return JSON.stringify({ [PLAIN[tool].key]: args });
  if (args.trim() === '') return '{}';
  return objectIn(args) ? args : JSON.stringify({ arguments: args });
}

/** A finished call of a server: plain text where the tool takes plain text. */
function fromServerCall(part: AnswerPart): AnswerPart {
  if (part.type !== 'call' || !isPlain(part.tool)) return part;
  const text = objectIn(part.args)?.[PLAIN[part.tool].key];
  return typeof text === 'string' ? { ...part, args: text } : part;
}

/** Events of a server's answer with plain arguments of GLM-4's own tools, while they are written too. */
export function plainCalls(onEvent: (event: PartEvent) => void): (event: PartEvent) => void {
  /** By part: the key of the text, the JSON so far, and how much of the text has been sent. */
  const open = new Map<number, { key: string; json: string; sent: number }>();
  return (event) => {
    const { index } = event;
    if (event.kind === 'part-end') return onEvent({ ...event, part: fromServerCall(event.part) });
    if (event.kind === 'part-start') {
      const { part } = event;
      if (part.type === 'call' && isPlain(part.tool))
        open.set(index, { key: PLAIN[part.tool].key, json: '', sent: 0 });
      return onEvent(event);
    }
    const call = open.get(index);
    if (!call) return onEvent(event);
    call.json += event.text;
    const text = textSoFar(call.json, call.key);
    if (text.length > call.sent) onEvent({ ...event, text: text.slice(call.sent) });
    call.sent = Math.max(call.sent, text.length);
  };
}

/** The text under a key of an object whose JSON is not complete yet. */
function textSoFar(json: string, key: string): string {
  const begin = new RegExp(`^\\s*\\{\\s*"${key}"\\s*:\\s*"`).exec(json);
  if (!begin) return '';
  const rest = json.slice(begin[0].length);
  const whole = /^(?:[^"\\]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*/.exec(rest)?.[0] ?? '';
  try {
    return JSON.parse(`"${whole}"`) as string;
  } catch {
    return ''; // control characters: the whole comes at the end
  }
}
