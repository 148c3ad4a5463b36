// Functions that are HTTP requests: what their definition holds, and the request that a call makes of it.
// `{city}` in a template is an argument, `{{WEATHER_KEY}}` a secret, which is put in when the request is sent and stands in
// no definition, prompt, card or export.

import { fault, ToolFailure } from '../faults';

export { isPrivateHost } from '../../shared/hosts';

export const HTTP_METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'] as const;
export type HttpMethod = (typeof HTTP_METHODS)[number];

/** Where an argument goes. `whole`: it is the body. */
export interface ArgumentPlace {
  in: 'path' | 'query' | 'header' | 'body' | 'whole';
  /** Its name there. */
  name: string;
  /** Lists in queries: joined by commas in place of a pair each. */
  joined?: boolean;
  /** Objects in queries: `name[key]=value` in place of `key=value`. */
  deep?: boolean;
}

export interface HttpEndpoint {
  method: HttpMethod;
  /** `https://host/path/{city}?units=metric&key={{WEATHER_KEY}}`; scheme and host are fixed. */
  url: string;
  headers?: Record<string, string>;
  /** Arguments that neither address, headers nor body name. Default: query for GET, HEAD and DELETE, else body. */
  places?: Record<string, ArgumentPlace>;
  /**
   * A template in which arguments stand as in JSON, or percent-encoded where the type is that of a form. Missing: a JSON
   * object of the arguments in the body.
   */
  body?: string;
  /** Media type of the body, where `headers` has no content-type; default application/json. */
  bodyType?: string;
}

const PLACEHOLDER = /\{\{([A-Za-z0-9_]{1,64})\}\}|\{([^{}\s"]{1,64})\}/g;

/** Fills a template in one pass: what is put in is not read again, so that no argument becomes a secret's placeholder. */
export const fillTemplate = (
  template: string,
  { arg, secret }: { arg: (name: string) => string; secret: (name: string) => string },
): string =>
  template.replace(PLACEHOLDER, (_, name: string | undefined, argument: string) =>
    name === undefined ? arg(argument) : secret(name),
  );

const namesIn = (template: string, group: 1 | 2): string[] =>
  [...template.matchAll(PLACEHOLDER)].flatMap((match) => (match[group] ? [match[group]] : []));

const templatesOf = ({ url, headers = {}, body = '' }: HttpEndpoint): string[] => [
  url,
  ...Object.values(headers),
  body,
];

/** Names of the secrets that the endpoint sends. */
export const secretsOf = (endpoint: HttpEndpoint): string[] => [
  ...new Set(templatesOf(endpoint).flatMap((template) => namesIn(template, 1))),
];

/** Arguments that the templates name. */
export const argumentsOf = (endpoint: HttpEndpoint): string[] => [
  ...new Set(templatesOf(endpoint).flatMap((template) => namesIn(template, 2))),
];

/** Scheme, host and port of the address; undefined for an address that has none, or one that depends on arguments. */
export function originOf(url: string): string | undefined {
  const [, origin] = /^(https?:\/\/[^/?#{}\s\\@]+)(?:[/?#]|$)/i.exec(url) ?? [];
  if (origin === undefined || !URL.canParse(origin)) return undefined;
  return new URL(origin).origin;
}

/** Why no page can send to this address; undefined when it can. */
export function addressFault(url: string): string | undefined {
  const origin = originOf(url);
  if (origin === undefined) return 'an address https://host/… was expected, whose host has no placeholder';
  const { protocol, hostname } = new URL(origin);
  if (protocol === 'https:' || ['localhost', '127.0.0.1'].includes(hostname)) return undefined;
  return 'the address must begin with https://, or http://localhost';
}

export interface PreparedRequest {
  method: HttpMethod;
  url: string;
  headers: Record<string, string>;
  body?: string;
}

const plain = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
const listed = (value: unknown): string => (Array.isArray(value) ? value.map(plain).join(',') : plain(value));

function inAddress(name: string, value: unknown): string {
  const text = listed(value);
  // A segment of dots would climb in the path: browsers read %2E as a dot too.
  if (/^\.{1,2}$/.test(text)) throw new ToolFailure(fault('dots', { name, text }));
  return encoded(text);
}

/** A half of a surrogate pair, as a model may write it, has no place in an address. */
const encoded = (text: string): string => encodeURIComponent(text.replace(/\p{Cs}/gu, '\ufffd'));

function inHeader(name: string, value: unknown): string {
  const text = listed(value);
  if (/[^\t\x20-\x7e\xa0-\xff]/.test(text)) throw new ToolFailure(fault('inHeader', { name }));
  return text;
}

/** `Basic name:password` as the header wants it. */
function basic(header: string): string {
  const [, pair] = /^Basic +([^{}]*:.*)$/i.exec(header) ?? [];
  return pair === undefined
    ? header
    : `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(pair)))}`;
}

function queryPairs(value: unknown, { name, joined, deep }: ArgumentPlace): [string, string][] {
  if (Array.isArray(value)) return joined ? [[name, listed(value)]] : value.map((one) => [name, plain(one)]);
  if (typeof value !== 'object' || value === null) return [[name, plain(value)]];
  return Object.entries(value).map(([key, one]) => [deep ? `${name}[${key}]` : key, plain(one)]);
}

/**
 * The request of a call.
 * @param value the value of a secret; missing, for a look at the request: its placeholder stays
 * @throws ToolFailure, for an argument that cannot stand where the endpoint puts it
 */
export function prepareRequest(
  endpoint: HttpEndpoint,
  args: Record<string, unknown>,
  value?: (name: string) => string,
): PreparedRequest {
  const secret = value ?? ((name) => `{{${name}}}`);
  const { method, headers = {}, places = {}, body } = endpoint;
  const named = new Set(argumentsOf(endpoint));
  const hasBody = !['GET', 'HEAD', 'DELETE'].includes(method);
  const given = (name: string) => (Object.hasOwn(args, name) ? args[name] : undefined);
  const inPath = new Map(
    Object.entries(places).flatMap(([arg, place]) => (place.in === 'path' ? [[place.name, arg]] : [])),
  );
  let url = fillTemplate(endpoint.url, {
    arg: (name) => inAddress(name, given(inPath.get(name) ?? name)),
    secret: (name) => (value ? encodeURIComponent(secret(name)) : secret(name)),
  });
  const sent = Object.fromEntries(
    Object.entries(headers).map(([name, template]) => [
      name,
      basic(fillTemplate(template, { arg: (arg) => inHeader(arg, given(arg)), secret })),
    ]),
  );
  const pairs: [string, string][] = [];
  const fields: Record<string, unknown> = {};
  let whole: { value: unknown } | undefined;
  for (const [name, given] of Object.entries(args)) {
    if (named.has(name) && !Object.hasOwn(places, name)) continue;
    const usual: ArgumentPlace = { in: hasBody ? 'body' : 'query', name };
    const place = Object.hasOwn(places, name) ? places[name] : usual;
    if (place.in === 'query') pairs.push(...queryPairs(given, place));
    else if (place.in === 'header') sent[place.name] = inHeader(name, given);
    else if (place.in === 'body') fields[place.name] = given;
    else if (place.in === 'whole') whole = { value: given };
  }
  if (pairs.length > 0) {
    const [address, hash = ''] = url.split(/(?=#)/);
    url = `${address}${address.includes('?') ? '&' : '?'}${new URLSearchParams(pairs).toString()}${hash}`;
  }
  const [, type] = Object.entries(sent).find(([name]) => name.toLowerCase() === 'content-type') ?? [];
  const bodyType = type ?? endpoint.bodyType ?? 'application/json';
  const text = bodyText(bodyType, { args, fields, whole, value, body });
  if (text === undefined) return { method, url, headers: sent };
  const added = type === undefined && { 'content-type': bodyType };
  return { method, url, headers: { ...sent, ...added }, body: text };
}

interface BodyParts {
  args: Record<string, unknown>;
  fields: Record<string, unknown>;
  whole?: { value: unknown };
  body?: string;
  /** Missing: placeholders of secrets stay. */
  value?: (name: string) => string;
}

function bodyText(bodyType: string, { args, fields, whole, body, value }: BodyParts): string | undefined {
  const isForm = /x-www-form-urlencoded/i.test(bodyType);
  const isJson = /json/i.test(bodyType);
  if (body !== undefined) {
    const given = (name: string) => (Object.hasOwn(args, name) ? args[name] : undefined);
    const asJson = (text: string) => (isJson ? JSON.stringify(text).slice(1, -1) : text);
    return fillTemplate(body, {
      arg: (name) => (isForm ? encoded(listed(given(name))) : JSON.stringify(given(name) ?? null)),
      secret: (name) => (value ? (isForm ? encoded : asJson)(value(name)) : `{{${name}}}`),
    });
  }
  if (whole) return isJson ? JSON.stringify(whole.value) : plain(whole.value);
  if (Object.keys(fields).length === 0) return undefined;
  if (!isForm) return JSON.stringify(fields);
  const pairs = Object.entries(fields).flatMap(([name, value]) => queryPairs(value, { in: 'query', name }));
  return new URLSearchParams(pairs).toString();
}
