// Checks an endpoint of a file or an editor.
import {
  addressFault,
  argumentsOf,
  HTTP_METHODS,
  originOf,
  type ArgumentPlace,
  type HttpEndpoint,
} from './endpoint';

const HEADER = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/;
/** Headers that browsers set, or that would speak for the page. */
const FORBIDDEN =
  /^(?:host|origin|referer|cookie|content-length|connection|transfer-encoding|proxy-.*|sec-.*)$/i;
const PLACES = ['path', 'query', 'header', 'body', 'whole'];
const MOST_TEXT = 64_000;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Makes the error of a place, such as '.headers', and of what is wrong there. */
export type Bad = (where: string, why: string) => Error;

/** @throws what `bad` makes */
export function readEndpoint(value: unknown, parameters: Record<string, unknown>, bad: Bad): HttpEndpoint {
  if (!isObject(value)) throw bad('', 'an object with method and url was expected');
  const { method = 'GET', url, headers, places, body, bodyType } = value;
  const upper = typeof method === 'string' ? method.toUpperCase() : '';
  const known = HTTP_METHODS.find((one) => one === upper);
  if (!known) throw bad('.method', `one of ${HTTP_METHODS.join(', ')} was expected`);
  if (typeof url !== 'string' || url.length > 4000) throw bad('.url', 'an address was expected');
  const fault = addressFault(url);
  if (fault) throw bad('.url', fault);
  const endpoint: HttpEndpoint = { method: known, url };
  if (headers !== undefined) endpoint.headers = readHeaders(headers, bad);
  if (places !== undefined) endpoint.places = readPlaces(places, bad);
  for (const [key, text] of Object.entries({ body, bodyType })) {
    if (text === undefined) continue;
    if (typeof text !== 'string' || text.length > MOST_TEXT) throw bad(`.${key}`, 'a text was expected');
    endpoint[key as 'body' | 'bodyType'] = text;
  }
  const { properties } = parameters;
  const unknown = argumentsOf(endpoint).find(
    (name) =>
      !(isObject(properties) && Object.hasOwn(properties, name)) &&
      !Object.values(endpoint.places ?? {}).some((place) => place.in === 'path' && place.name === name),
  );
  if (unknown !== undefined) throw bad('.url', `{${unknown}} is none of the parameters`);
  return endpoint;
}

function readHeaders(headers: unknown, bad: Bad): Record<string, string> {
  if (!isObject(headers)) throw bad('.headers', 'an object of texts was expected');
  for (const [name, value] of Object.entries(headers)) {
    if (!HEADER.test(name) || FORBIDDEN.test(name))
      throw bad(`.headers.${name}`, 'this header cannot be set');
    if (typeof value !== 'string' || /[^\t\x20-\x7e\xa0-\xff]/.test(value))
      throw bad(`.headers.${name}`, 'a text of one line was expected');
  }
  return headers as Record<string, string>;
}

function readPlaces(places: unknown, bad: Bad): Record<string, ArgumentPlace> {
  if (!isObject(places)) throw bad('.places', 'an object was expected');
  return Object.fromEntries(
    Object.entries(places).map(([argument, place]) => {
      const { in: where, name = argument, joined, deep } = isObject(place) ? place : {};
      if (typeof where !== 'string' || !PLACES.includes(where) || typeof name !== 'string')
        throw bad(`.places.${argument}`, `in: one of ${PLACES.join(', ')} was expected`);
      if (where === 'header' && (!HEADER.test(name) || FORBIDDEN.test(name)))
        throw bad(`.places.${argument}`, 'this header cannot be set');
      const read = { in: where as ArgumentPlace['in'], name };
      return [argument, { ...read, ...(joined === true && { joined }), ...(deep === true && { deep }) }];
    }),
  );
}

/** The host an endpoint sends to, for people. */
export const hostOf = ({ url }: Pick<HttpEndpoint, 'url'>): string =>
  new URL(originOf(url) ?? 'about:blank').host;
