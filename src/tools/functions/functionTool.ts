// Runs functions of the user: each call in a worker of its own inside the sandbox, which has no network, no storage and
// no page. Arguments go in and a result comes out as JSON.
import type { Tool, ToolOutcome } from '../tool';
import type { UserFunction } from './definition';
import { specOf } from './spec';

/** As much of src/tools/sandbox/frame.ts as a call needs. */
export interface Cage {
  start(options: {
    source: BlobPart[];
    begin?: unknown;
    onMessage: (data: unknown) => void;
    onFailure: (why: string) => void;
  }): { end(): void };
}

export interface FunctionLimits {
  timeoutMs: number;
  /** Characters of a result as JSON. */
  maxResult: number;
}

export const FUNCTION_LIMITS: FunctionLimits = { timeoutMs: 10_000, maxResult: 256 * 1024 };

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** The body of a function, and not one by itself: it begins with a word that no expression begins with. */
const BODY = /^\s*(?:return|const|let|var|if|for|while|do|switch|throw|try)\b/;
const RESERVED = new Set(
  (
    'arguments args await break case catch class const continue debugger default delete do else enum eval export ' +
    'extends false finally for function if implements import in instanceof interface let new null package private ' +
    'protected public return static super switch this throw true try typeof var void while with yield'
  ).split(' '),
);

/** Names of arguments that code may use as variables. */
const variablesOf = ({ properties }: Record<string, unknown>): string[] =>
  Object.keys(isObject(properties) ? properties : {}).filter(
    (name) => /^[A-Za-z_$][\w$]*$/.test(name) && !RESERVED.has(name),
  );

interface Source {
  js: string;
  asBody: boolean;
  variables: string[];
  maxResult: number;
}

/**
 * The worker's script around the function. The code stands in it as text, so that nothing has to be evaluated later. An
 * expression is a function of the arguments, or the result itself; in it and in a body the arguments are variables too.
 */
function source({ js, asBody, variables, maxResult }: Source): string {
  const expression = js.trim().replace(/;+$/, '');
  const inner = asBody
    ? js
    : `const value = (\n${expression}\n);\nreturn typeof value === 'function' ? value(args) : value;`;
  const code = `(args) => {\nconst { ${variables.join(', ')} } = args;\nreturn (async () => {\n${inner}\n})();\n}`;
  return `'use strict';
const run = ${code};
const reply = (message) => postMessage(message);
onmessage = async ({ data }) => {
  try {
    const value = await run(data.begin.args);
    const json = JSON.stringify(value === undefined ? null : value);
    if (json.length > ${maxResult}) reply({ error: 'The result has ' + json.length + ' characters of JSON; at most ${maxResult} are allowed.' });
    else reply({ json, isText: typeof value === 'string' });
  } catch (error) {
    reply({ error: error instanceof Error ? error.name + ': ' + error.message : String(error) });
  }
};`;
}

type Reply = { json: string; isText: boolean } | { error: string } | { failure: string };

/** What a worker sent. It runs foreign code: every shape but the expected one is an error. */
function readReply(data: unknown, maxResult: number): Reply {
  if (isObject(data) && typeof data.error === 'string') return { error: data.error.slice(0, 2000) };
  const isWhole = isObject(data) && typeof data.json === 'string' && data.json.length <= maxResult;
  return isWhole
    ? { json: data.json as string, isText: data.isText === true }
    : { error: 'No result came back.' };
}

export function functionTool(
  definition: UserFunction & { js: string },
  openCage: () => Promise<Cage>,
  { timeoutMs, maxResult }: FunctionLimits = FUNCTION_LIMITS,
): Tool {
  const { js, parameters } = definition;
  const variables = variablesOf(parameters);

  async function call(args: unknown, asBody: boolean, signal: AbortSignal): Promise<Reply> {
    const cage = await openCage();
    signal.throwIfAborted();
    return new Promise<Reply>((resolve, reject) => {
      const settle = (finish: () => void) => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        worker.end();
        finish();
      };
      const onAbort = () => settle(() => reject(signal.reason as Error));
      const late = `The function did not end within ${timeoutMs / 1000} s and was stopped.`;
      const timer = setTimeout(() => settle(() => resolve({ error: late })), timeoutMs);
      signal.addEventListener('abort', onAbort, { once: true });
      const worker = cage.start({
        source: [source({ js, asBody, variables, maxResult })],
        begin: { args },
        onMessage: (data) => settle(() => resolve(readReply(data, maxResult))),
        onFailure: (failure) => settle(() => resolve({ failure })),
      });
    });
  }

  return {
    spec: specOf(definition),
    reach: 'caged',
    async run(args, { signal }): Promise<ToolOutcome> {
      const value: unknown = args.trim() ? JSON.parse(args) : {};
      const isBody = BODY.test(js);
      let reply = await call(value, isBody, signal);
      // A body may begin as a function does: with a helper of its own.
      if (!isBody && 'failure' in reply) reply = await call(value, true, signal);
      if ('json' in reply) {
        const text = reply.isText ? (JSON.parse(reply.json) as string) : reply.json;
        return { parts: [{ type: 'text', text }], observation: text };
      }
      const why = 'error' in reply ? reply.error : reply.failure;
      return {
        parts: [{ type: 'text', text: why }],
        observation: `The function failed. ${why}`,
        failed: true,
      };
    },
  };
}
