// Search services whose answers no page may read, or that want a secret key. Keys come from the environment and stay here.
import { fetchPage, type FetchOptions } from './fetchPage';
import { Refused } from './addresses';

export interface RelayHit {
  title: string;
  url: string;
  snippet: string;
}

export interface RelaySearch {
  query: string;
  count: number;
  /** Newer than so many days. */
  days?: number;
}

interface Engine {
  /** Name of the environment variable that holds the key. */
  key: string;
  host: string;
  request(search: RelaySearch, key: string): { path: string; options: FetchOptions };
  hits(answer: Record<string, unknown>): RelayHit[];
}

type Json = Record<string, unknown>;
const objects = (value: unknown): Json[] =>
  (Array.isArray(value) ? value : []).filter((one): one is Json => typeof one === 'object' && one !== null);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const json = (body: unknown, key: string): FetchOptions => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
  body: JSON.stringify(body),
});

export const ENGINES: Record<string, Engine> = {
  brave: {
    key: 'BRAVE_API_KEY',
    host: 'https://api.search.brave.com',
    request: ({ query, count, days }, key) => ({
      path: `/res/v1/web/search?${new URLSearchParams({ q: query, count: String(count), ...(days && { freshness: days <= 1 ? 'pd' : days <= 7 ? 'pw' : days <= 31 ? 'pm' : 'py' }) })}`, // prettier-ignore
      options: { headers: { 'x-subscription-token': key, accept: 'application/json' } },
    }),
    hits: ({ web }) =>
      objects((web as Json | undefined)?.results).map(({ title, url, description }) => ({
        ...{ title: text(title), url: text(url), snippet: text(description).replace(/<\/?strong>/g, '') },
      })),
  },
  tavily: {
    key: 'TAVILY_API_KEY',
    host: 'https://api.tavily.com',
    request: ({ query, count, days }, key) => ({
      path: '/search',
      options: json({ query, max_results: count, ...(days && { topic: 'news', days }) }, key),
    }),
    hits: ({ results }) =>
      objects(results).map(({ title, url, content }) => ({
        ...{ title: text(title), url: text(url), snippet: text(content) },
      })),
  },
  bigmodel: {
    key: 'BIGMODEL_API_KEY',
    host: 'https://open.bigmodel.cn',
    request: ({ query, count, days }, key) => ({
      path: '/api/paas/v4/web_search',
      options: json(
        {
          ...{ search_engine: 'search_std', search_query: query, count, search_intent: false },
          search_recency_filter: !days
            ? 'noLimit'
            : days <= 1
              ? 'oneDay'
              : days <= 7
                ? 'oneWeek'
                : days <= 31
                  ? 'oneMonth'
                  : 'oneYear',
        },
        key,
      ),
    }),
    hits: ({ search_result }) =>
      objects(search_result).map(({ title, link, content }) => ({
        ...{ title: text(title), url: text(link), snippet: text(content) },
      })),
  },
};

export interface EngineOptions extends Pick<FetchOptions, 'resolve' | 'allowed'> {
  env: Readonly<Record<string, string | undefined>>;
  /** In place of the service's own address: for tests. */
  hosts?: Readonly<Record<string, string>>;
}

/** Names of the services that have a key. */
export const enginesWithKey = (env: EngineOptions['env']): string[] =>
  Object.entries(ENGINES).flatMap(([name, { key }]) => (env[key] ? [name] : []));

/** @throws Refused */
export async function searchBy(
  name: string,
  search: RelaySearch,
  options: EngineOptions,
): Promise<RelayHit[]> {
  const engine = Object.hasOwn(ENGINES, name) ? ENGINES[name] : undefined;
  if (!engine) throw new Refused(400, `There is no search service ${name}.`);
  const key = options.env[engine.key];
  if (!key)
    throw new Refused(501, `${name} needs a key: start the relay with ${engine.key}=… in its environment.`);
  const { path, options: own } = engine.request(search, key);
  const { resolve, allowed, hosts } = options;
  const { status, bytes } = await fetchPage((hosts?.[name] ?? engine.host) + path, {
    ...own,
    resolve,
    allowed,
  });
  if (status === 401 || status === 403) throw new Refused(502, `${name} refuses the key (${status}).`);
  if (status === 429) throw new Refused(429, `${name} takes no more requests now.`);
  if (status !== 200) throw new Refused(502, `${name} answered ${status}.`);
  try {
    return engine.hits(JSON.parse(bytes.toString('utf8')) as Json).slice(0, search.count);
  } catch {
    throw new Refused(502, `${name} answered something other than JSON.`);
  }
}
