// Operations of an OpenAPI document as functions: path, query, header and body fields as arguments of one object.
import type { UserFunction } from '../functions/definition';
import type { ArgumentPlace, HttpEndpoint, HttpMethod } from '../http/endpoint';
import { isObject, resolve, type Json, type OpenApiDocument, type OpenApiOperation } from './document';
import { SchemaCopy } from './schemas';
import { securityOf } from './security';

/** A function, or why the operation cannot be one. */
export type Converted =
  { operation: OpenApiOperation; made: UserFunction } | { operation: OpenApiOperation; why: string };

class Unusable extends Error {}

/**
 * Makes functions of a document's operations, with names that differ from each other and from those taken.
 * @param base address before the paths
 */
export function functionsOf(
  document: OpenApiDocument,
  base: string,
  taken: ReadonlySet<string> = new Set(),
): Converted[] {
  const names = new Set(taken);
  return document.operations.map((operation) => {
    try {
      const made = functionOf(document, operation, base);
      const name = unique(made.name, names);
      names.add(name);
      return { operation, made: { ...made, name } };
    } catch (error) {
      if (error instanceof Unusable) return { operation, why: error.message };
      throw error;
    }
  });
}

function unique(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  for (let n = 2; ; n++) {
    const next = `${name.slice(0, 60)}_${n}`;
    if (!taken.has(next)) return next;
  }
}

/** Letters, digits, `_` and `-`, at most 64. */
export function functionName({
  operation,
  method,
  path,
}: Pick<OpenApiOperation, 'operation' | 'method' | 'path'>): string {
  const { operationId } = operation;
  const wanted =
    typeof operationId === 'string' && operationId
      ? operationId
      : `${method}_${path.replace(/\W+/g, '_')}`.replace(/_+/g, '_');
  return (
    wanted
      .replace(/[^A-Za-z0-9_-]+/g, '_')
      .replace(/^_+|_+$/g, '')
      .slice(0, 64) || method
  );
}

function functionOf(document: OpenApiDocument, item: OpenApiOperation, base: string): UserFunction {
  const { method, path, summary, operation, servers } = item;
  // An address that the user typed, such as the relay's, is taken for all.
  if (servers.length > 0 && !servers.includes(base) && document.servers.includes(base))
    throw new Unusable(`it is at another address: ${servers[0]}`);
  const args = new Arguments(document.root);
  for (const parameter of parametersOf(document.root, item)) args.addParameter(parameter);
  const bodyType = args.addBody(operation.requestBody);
  const unfilled = [...path.matchAll(/\{([^{}]+)\}/g)].find(([, name]) => !args.fills(name));
  if (unfilled) throw new Unusable(`the path's {${unfilled[1]}} is no parameter`);
  const { headers, query } = securityOf(document, operation, (why) => new Unusable(why));
  const http: HttpEndpoint = {
    method: method.toUpperCase() as HttpMethod,
    url: base.replace(/\/+$/, '') + path + query,
    ...(Object.keys(headers).length > 0 && { headers }),
    ...(Object.keys(args.places).length > 0 && { places: args.places }),
    ...(bodyType !== undefined && bodyType !== 'application/json' && { bodyType }),
  };
  return { name: functionName(item), description: summary, parameters: args.schema(), http };
}

/** The operation's parameters, and those of its path that it does not replace. */
function parametersOf(root: Json, { operation, shared }: OpenApiOperation): Json[] {
  const own = Array.isArray(operation.parameters) ? (operation.parameters as unknown[]) : [];
  const all = [...own, ...shared].map((one) => resolve(root, one));
  if (all.some((one) => one === undefined)) throw new Unusable('a reference leads out of the document');
  const found = all.filter(isObject);
  return found.filter(
    (one, index) => !found.slice(0, index).some((other) => other.name === one.name && other.in === one.in),
  );
}

/** The arguments of a function: their schemas, and where they go. */
class Arguments {
  readonly places: Record<string, ArgumentPlace> = {};
  private readonly properties: Json = {};
  private readonly required: string[] = [];
  private readonly copy: SchemaCopy;

  constructor(private readonly root: Json) {
    this.copy = new SchemaCopy(root);
  }

  fills(pathName: string): boolean {
    return Object.values(this.places).some((place) => place.in === 'path' && place.name === pathName);
  }

  schema(): Json {
    const { definitions } = this.copy;
    return {
      type: 'object',
      properties: this.properties,
      ...(this.required.length > 0 && { required: this.required }),
      ...(Object.keys(definitions).length > 0 && { $defs: definitions }),
    };
  }

  addParameter({ name, in: where, required, schema, content, description, style, explode }: Json): void {
    if (typeof name !== 'string' || typeof where !== 'string') return;
    if (where === 'cookie') {
      if (required === true) throw new Unusable('it needs a cookie, which pages cannot set');
      return;
    }
    if (where !== 'path' && where !== 'query' && where !== 'header') return;
    // What browsers set, and what security schemes describe.
    if (where === 'header' && /^(?:accept|content-type|authorization)$/i.test(name)) return;
    const [first] = isObject(content) ? Object.values(content) : [];
    const shape = schema ?? (isObject(first) ? first.schema : undefined) ?? { type: 'string' };
    const isJoined =
      where === 'query' && (explode === false || style === 'spaceDelimited' || style === 'pipeDelimited');
    const place: ArgumentPlace = {
      ...{ in: where, name },
      ...(isJoined && { joined: true }),
      ...(style === 'deepObject' && { deep: true }),
    };
    this.add(name, this.described(shape, description), {
      place,
      required: required === true || where === 'path',
    });
  }

  /** @returns the body's media type; undefined for none */
  addBody(given: unknown): string | undefined {
    const body = resolve(this.root, given);
    if (!isObject(body)) return undefined;
    const content = isObject(body.content) ? body.content : {};
    const types = Object.keys(content);
    const type =
      types.find((one) => /^application\/(?:[\w.-]+\+)?json\b/i.test(one)) ??
      types.find((one) => /^application\/x-www-form-urlencoded/i.test(one)) ??
      types.find((one) => /^text\//i.test(one));
    if (type === undefined) {
      if (body.required === true) throw new Unusable(`its body is ${types[0] ?? 'of no known type'}`);
      return undefined;
    }
    const media = content[type];
    const schema = isObject(media) ? (media.schema ?? {}) : {};
    const shape = resolve(this.root, schema);
    const isPlainObject =
      isObject(shape) &&
      isObject(shape.properties) &&
      !['allOf', 'anyOf', 'oneOf', 'not'].some((key) => key in shape);
    if (!isPlainObject || /^text\//i.test(type)) {
      const place: ArgumentPlace = { in: 'whole', name: 'body' };
      this.add('body', this.described(schema, body.description), { place, required: body.required === true });
      return type;
    }
    const needed = Array.isArray(shape.required) ? (shape.required as unknown[]) : [];
    for (const [name, property] of Object.entries(shape.properties as Json)) {
      if (isObject(property) && property.readOnly === true) continue;
      const required = body.required === true && needed.includes(name);
      this.add(name, this.described(property), { place: { in: 'body', name }, required });
    }
    return type;
  }

  /** A schema with the parameter's own words. */
  private described(schema: unknown, description?: unknown): unknown {
    const copied = this.copy.of(schema);
    if (copied === undefined) throw new Unusable('a reference leads out of the document');
    if (typeof description !== 'string' || !isObject(copied) || '$ref' in copied) return copied;
    return { ...copied, description: description.replace(/\s+/g, ' ').trim().slice(0, 300) };
  }

  /** A name that is taken gets its place in front: `query_id`. */
  private add(
    name: string,
    schema: unknown,
    { place, required }: { place: ArgumentPlace; required: boolean },
  ): void {
    const free = Object.hasOwn(this.properties, name) ? `${place.in}_${name}` : name;
    this.properties[free] = schema;
    this.places[free] = place;
    if (required) this.required.push(free);
  }
}
