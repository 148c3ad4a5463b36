// OpenAPI documents, 3.0 and 3.1, as JSON or YAML: what they offer. operations.ts makes functions of it.
import { AppError } from '../../shared/errors';

export type Json = Record<string, unknown>;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const MOST_DOCUMENT_BYTES = 5e6;
const MOST_OPERATIONS = 2000;
const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head'] as const;

export interface OpenApiOperation {
  /** Unique in the document: 'get /pets/{id}'. */
  id: string;
  method: (typeof METHODS)[number];
  path: string;
  /** What it does, in a line. */
  summary: string;
  operation: Json;
  /** Parameters that all operations of the path share. */
  shared: unknown[];
  /** Base addresses of its own or its path's; empty: those of the document. */
  servers: string[];
}

export interface OpenApiDocument {
  title: string;
  version: string;
  /** Base addresses with the variables' defaults, the operations' own last; relative ones belong to the document's address. */
  servers: string[];
  operations: OpenApiOperation[];
  root: Json;
}

const bad = (name: string, where: string, why: string) =>
  new AppError('bad-openapi', `${name}: at ${where}: ${why}`, { name, where, why });

async function parse(text: string, name: string): Promise<unknown> {
  try {
    if (/^\s*\{/.test(text)) return JSON.parse(text);
    const { parse: parseYaml } = await import('yaml');
    return parseYaml(text, { maxAliasCount: 100, uniqueKeys: true });
  } catch (error) {
    throw bad(
      name,
      'the start',
      error instanceof Error ? error.message.split('\n')[0] : 'neither JSON nor YAML',
    );
  }
}

/**
 * Reads a document.
 * @param address where it came from, for relative servers
 * @throws AppError 'bad-openapi' with the place
 */
export async function readDocument(text: string, name: string, address?: string): Promise<OpenApiDocument> {
  if (text.length > MOST_DOCUMENT_BYTES)
    throw bad(name, 'the start', `${text.length} characters, at most ${MOST_DOCUMENT_BYTES} are read`);
  const root = await parse(text, name);
  if (!isObject(root)) throw bad(name, 'the start', 'an OpenAPI document was expected');
  const { openapi, swagger, info, paths } = root;
  if (typeof openapi !== 'string' || !/^3\.[01]/.test(openapi)) {
    const found = typeof swagger === 'string' ? `Swagger ${swagger}` : `openapi: ${String(openapi)}`;
    throw bad(name, 'openapi', `3.0 or 3.1 was expected, not ${found}`);
  }
  if (!isObject(paths)) throw bad(name, 'paths', 'an object was expected');
  const operations = Object.entries(paths).flatMap(([path, item]): OpenApiOperation[] => {
    const found = resolve(root, item);
    if (!isObject(found) || !path.startsWith('/')) return [];
    return METHODS.flatMap((method) => {
      const operation = found[method];
      if (!isObject(operation)) return [];
      const shared = Array.isArray(found.parameters) ? (found.parameters as unknown[]) : [];
      return [
        {
          id: `${method} ${path}`,
          method,
          path,
          summary: lineOf(operation, method, path),
          operation,
          shared,
          servers: listedServers(operation.servers ?? found.servers, address),
        },
      ];
    });
  });
  if (operations.length === 0) throw bad(name, 'paths', 'no operation was found');
  if (operations.length > MOST_OPERATIONS)
    throw bad(name, 'paths', `more than ${MOST_OPERATIONS} operations`);
  const { title, version } = isObject(info) ? info : {};
  return {
    title: typeof title === 'string' && title.trim() ? title.trim().slice(0, 100) : name,
    version: typeof version === 'string' ? version.slice(0, 40) : '',
    servers: serversOf(root, operations, address),
    operations,
    root,
  };
}

function lineOf({ summary, description, operationId }: Json, method: string, path: string): string {
  const text = [summary, description, operationId].find(
    (one) => typeof one === 'string' && one.trim() !== '',
  );
  return typeof text === 'string'
    ? text.replace(/\s+/g, ' ').trim().slice(0, 500)
    : `${method.toUpperCase()} ${path}`;
}

/** The base addresses of a list of servers. */
function listedServers(servers: unknown, address?: string): string[] {
  const listed = Array.isArray(servers) ? (servers as unknown[]) : [];
  const urls = listed.flatMap((server) => {
    if (!isObject(server) || typeof server.url !== 'string') return [];
    const variables = isObject(server.variables) ? server.variables : {};
    const url = server.url.replace(/\{([^{}]+)\}/g, (whole, name: string) => {
      const variable = Object.hasOwn(variables, name) ? variables[name] : undefined;
      return isObject(variable) && typeof variable.default === 'string' ? variable.default : whole;
    });
    if (/^https?:\/\//i.test(url)) return [url];
    return address !== undefined && URL.canParse(url, address) ? [new URL(url, address).href] : [];
  });
  return [...new Set(urls.map((url) => url.replace(/\/+$/, '')))];
}

/** Where the document's operations may be: the host of the document itself, where it does not say. */
function serversOf({ servers }: Json, operations: readonly OpenApiOperation[], address?: string): string[] {
  const urls = listedServers(servers, address);
  const isNamed = urls.length > 0 || operations.every((one) => one.servers.length > 0);
  if (!isNamed && address !== undefined) urls.push(new URL(address).origin);
  return [...new Set([...urls, ...operations.flatMap((one) => one.servers)])];
}

/** A reference within the document, followed; undefined for one that leads out of it or nowhere. */
export function resolve(root: Json, value: unknown, depth = 0): unknown {
  if (!isObject(value) || typeof value.$ref !== 'string') return value;
  if (depth > 20 || !value.$ref.startsWith('#/')) return undefined;
  let found: unknown = root;
  for (const step of value.$ref.slice(2).split('/')) {
    const key = unescaped(step).replaceAll('~1', '/').replaceAll('~0', '~');
    const isThere = (isObject(found) || Array.isArray(found)) && Object.hasOwn(found, key);
    found = isThere ? (found as Json)[key] : undefined;
  }
  return resolve(root, found, depth + 1);
}

/** A name may hold a percent sign that stands for itself. */
function unescaped(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}
