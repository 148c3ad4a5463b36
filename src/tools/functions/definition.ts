// Functions of the user: what a file of them holds.
import { schemaGrammar } from '../../grammar/jsonSchema';
import { schemaValidator } from '../../grammar/validate';
import { AppError } from '../../shared/errors';
import type { HttpEndpoint } from '../http/endpoint';
import { readEndpoint } from '../http/readEndpoint';

/** A function as its file has it: JavaScript or an HTTP request. */
export interface UserFunction {
  /** 1 to 64 letters, digits, `_` and `-`. */
  name: string;
  /** For the model; one line. */
  description: string;
  /** JSON schema of the arguments: an object. */
  parameters: Record<string, unknown>;
  /** JavaScript: a function of the arguments, `(args) => …` or `async function …`, or the body of one, with `return`. */
  js?: string;
  /** The request it sends. */
  http?: HttpEndpoint;
}

/** Whom a permission is for: another text under the same name is another function. */
export interface StoredFunction extends UserFunction {
  hash: string;
}

const NAME = /^[A-Za-z0-9_-]{1,64}$/;
/** Names of GLM-4's own tools. */
const TAKEN = ['python', 'simple_browser', 'cogview'];
export const MOST_FUNCTIONS = 100;
export const MOST_FILE_BYTES = 4e6;
const MOST_SCHEMA = 64_000;
const MOST_CODE = 256_000;
const MOST_DESCRIPTION = 2000;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function readFunction(
  item: unknown,
  where: string,
  bad: (where: string, why: string) => AppError,
): UserFunction {
  if (!isObject(item))
    throw bad(where, 'an object with name, description, parameters and js or http was expected');
  const { name, description = '', parameters = { type: 'object', properties: {} }, js, http } = item;
  if (typeof name !== 'string' || !NAME.test(name))
    throw bad(`${where}.name`, '1 to 64 letters, digits, _ and - were expected');
  if (TAKEN.includes(name)) throw bad(`${where}.name`, `${name} is a tool of the app`);
  if (typeof description !== 'string') throw bad(`${where}.description`, 'a text was expected');
  if (!isObject(parameters) || (parameters.type !== undefined && parameters.type !== 'object'))
    throw bad(`${where}.parameters`, 'a JSON schema of an object was expected');
  if (JSON.stringify(parameters).length > MOST_SCHEMA)
    throw bad(`${where}.parameters`, `more than ${MOST_SCHEMA} characters`);
  try {
    schemaGrammar(parameters); // as answers are held to it; and as what they hold is checked
    schemaValidator(parameters)({});
  } catch (error) {
    const pointer = error instanceof AppError ? String(error.details.where ?? '') : '';
    throw bad(
      `${where}.parameters${pointer}`,
      error instanceof AppError ? String(error.details.why) : String(error),
    );
  }
  if (http === undefined && (typeof js !== 'string' || js.trim() === ''))
    throw bad(`${where}.js`, 'JavaScript as a text was expected');
  if (typeof js === 'string' && js.length > MOST_CODE)
    throw bad(`${where}.js`, `more than ${MOST_CODE} characters`);
  const line = description.replace(/\s+/g, ' ').trim().slice(0, MOST_DESCRIPTION);
  const common = { name, description: line, parameters: { type: 'object', ...parameters } };
  if (http === undefined) return { ...common, js: js as string };
  return { ...common, http: readEndpoint(http, parameters, (at, why) => bad(`${where}.http${at}`, why)) };
}

/**
 * The functions of a JSON file: one, or a list.
 * @throws AppError 'bad-functions' with the place
 */
export function readFunctions(json: string, name: string): UserFunction[] {
  const bad = (where: string, why: string) =>
    new AppError('bad-functions', `${name}: at ${where}: ${why}`, { name, where, why });
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw bad('the start', error instanceof Error ? error.message : 'no JSON');
  }
  const list = Array.isArray(value) ? (value as unknown[]) : [value];
  if (list.length === 0 || list.length > MOST_FUNCTIONS)
    throw bad('the start', `1 to ${MOST_FUNCTIONS} functions were expected`);
  const functions = list.map((item, index) =>
    readFunction(item, Array.isArray(value) ? `[${index}]` : 'the start', bad),
  );
  const twice = functions.find(
    ({ name: one }, index) => functions.findIndex((other) => other.name === one) < index,
  );
  if (twice) throw bad('the start', `two functions have the name ${twice.name}`);
  return functions;
}

/** The functions as a file, which `readFunctions` reads again. Secrets are not part of functions. */
export function writeFunctions(functions: readonly UserFunction[]): string {
  const plain = functions.map(({ name, description, parameters, js, http }) => ({
    ...{ name, description, parameters },
    ...(http ? { http } : { js }),
  }));
  return `${JSON.stringify(plain.length === 1 ? plain[0] : plain, null, 2)}\n`;
}

/** SHA-256 of all that a function is. */
export function hashOf({ name, description, parameters, js, http }: UserFunction): Promise<string> {
  return hashText(JSON.stringify([name, description, parameters, http ?? js]));
}

/** SHA-256 of a text, as hexadecimal digits. */
export async function hashText(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
