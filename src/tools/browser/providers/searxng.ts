// A SearXNG instance. Two settings of it are off by default: JSON (it then answers 403), and the header that lets pages
// read its answers.
import { ask, BrowseError, objectsIn, textIn, type Hit, type Provider } from './provider';

/** @param base address of the instance */
export function searxng(base: string): Provider {
  const { host } = new URL(base);
  return {
    hosts: [host],
    async search({ query, most, recencyDays, signal }): Promise<Hit[]> {
      const range = recencyDays && {
        time_range: recencyDays <= 1 ? 'day' : recencyDays <= 31 ? 'month' : 'year',
      };
      const url = `${base}/search?${new URLSearchParams({ q: query, format: 'json', ...range })}`;
      const { status, text } = await ask({ url }, signal).catch((error: unknown) => {
        if (error instanceof BrowseError && error.note === 'refused')
          throw new BrowseError('searxngCors', { host }, error);
        throw error;
      });
      if (status === 403) throw new BrowseError('searxngJson', { host });
      if (status !== 200) throw new BrowseError('status', { host, status: String(status) });
      let results: unknown;
      try {
        ({ results } = JSON.parse(text) as { results?: unknown });
      } catch {
        throw new BrowseError('searxngJson', { host });
      }
      return objectsIn(results)
        .slice(0, most)
        .map(({ title, url: address, content }) => ({
          ...{ title: textIn(title), url: textIn(address), snippet: textIn(content) },
        }));
    },
  };
}
