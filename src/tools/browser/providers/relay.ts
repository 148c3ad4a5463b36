// The relay that comes with the app (scripts/relay): search services with keys of their own, and any public page.
import { readablePage } from '../html';
import { ask, BrowseError, objectsIn, textIn, type Hit, type Page, type Provider } from './provider';

async function askRelay(url: string, signal: AbortSignal): Promise<Record<string, unknown>> {
  const { status, text } = await ask({ url, timeoutMs: 30_000, maxBytes: 8 * 2 ** 20 }, signal);
  let answer: Record<string, unknown>;
  try {
    answer = JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw new BrowseError('notJson', { host: new URL(url).host });
  }
  if (status !== 200) throw new BrowseError('relay', { why: textIn(answer.error) || `HTTP ${status}` });
  return answer;
}

/** @param base address of the relay, its token included */
export function relaySearch(base: string, engine: string): Provider {
  return {
    hosts: [`${new URL(base).host} (${engine})`],
    async search({ query, most, recencyDays, signal }): Promise<Hit[]> {
      const parameters = new URLSearchParams({
        ...{ engine, q: query, count: String(most) },
        ...(recencyDays && { days: String(recencyDays) }),
      });
      const { hits } = await askRelay(`${base}/search?${parameters}`, signal);
      return objectsIn(hits)
        .slice(0, most)
        .map(({ title, url, snippet }) => ({
          ...{ title: textIn(title), url: textIn(url), snippet: textIn(snippet) },
        }));
    },
  };
}

export async function readByRelay(base: string, url: string, signal: AbortSignal): Promise<Page> {
  const { body, type, url: last } = await askRelay(`${base}/page?${new URLSearchParams({ url })}`, signal);
  const text = textIn(body);
  if (!/html|xml/.test(textIn(type))) {
    if (!text.trim()) throw new BrowseError('noText', { url });
    return { title: url, url, text };
  }
  const page = await readablePage(text, textIn(last) || url);
  if (!page.text) throw new BrowseError('noText', { url });
  return { ...page, url };
}
