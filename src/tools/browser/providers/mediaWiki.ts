// MediaWiki by its action API, which answers pages of every origin when asked with `origin=*`. `srwhat=text`: a wiki on
// MediaWiki's own search otherwise looks at titles alone.
import { plainText } from '../html';
import { wikiText } from '../wikiText';
import { askJson, BrowseError, objectsIn, textIn, type Hit, type Page, type Provider } from './provider';

export interface WikiAddress {
  /** Address of api.php. */
  api: string;
}

const COMMON = { format: 'json', formatversion: '2', origin: '*' };

/** Where a wiki of Wikipedia's line has its API. */
export const wikipedia = (language: string): WikiAddress => ({
  api: `https://${language}.wikipedia.org/w/api.php`,
});

/** The title of a page from its address; undefined for an address of another host. */
export function titleOf(url: string, { api }: WikiAddress): string | undefined {
  const { origin, pathname, searchParams } = new URL(url);
  if (origin !== new URL(api).origin) return undefined;
  const named = searchParams.get('title');
  if (named) return named.replaceAll('_', ' ');
  const path = /^\/(?:wiki|index\.php|w\/index\.php|zh(?:-\w+)?)\/(.+)$/.exec(pathname)?.[1];
  if (!path) return undefined;
  try {
    return decodeURIComponent(path).replaceAll('_', ' ');
  } catch {
    return undefined;
  }
}

export function mediaWiki({ api }: WikiAddress): Provider {
  const { host } = new URL(api);
  const call = (parameters: Record<string, string>, signal: AbortSignal) =>
    askJson({ url: `${api}?${new URLSearchParams({ ...COMMON, ...parameters })}` }, signal);
  return {
    hosts: [host],
    async search({ query, most, signal }): Promise<Hit[]> {
      const limit = String(most);
      const { query: found } = await call(
        {
          action: 'query',
          ...{ list: 'search', srwhat: 'text', srsearch: query, srlimit: limit, srprop: 'snippet' },
          ...{ generator: 'search', gsrwhat: 'text', gsrsearch: query, gsrlimit: limit },
          ...{ prop: 'info', inprop: 'url' },
        },
        signal,
      );
      const { search, pages } = (found ?? {}) as Record<string, unknown>;
      const urls = new Map(objectsIn(pages).map(({ title, fullurl }) => [textIn(title), textIn(fullurl)]));
      return objectsIn(search).flatMap(({ title, snippet }) => {
        const name = textIn(title);
        const url = urls.get(name);
        return url ? [{ title: name, url, snippet: plainText(textIn(snippet)) }] : [];
      });
    },
    async read(url, signal): Promise<Page | undefined> {
      const title = titleOf(url, { api });
      if (title === undefined) return undefined;
      const options = { redirects: '1', disableeditsection: '1', disabletoc: '1', disablelimitreport: '1' };
      const answer = await call({ action: 'parse', page: title, prop: 'text', ...options }, signal);
      const { title: name, text } = (answer.parse ?? {}) as Record<string, unknown>;
      if (typeof text !== 'string') throw new BrowseError('noPage', { url });
      return { title: textIn(name) || title, url, text: wikiText(text) };
    },
  };
}
