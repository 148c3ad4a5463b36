// What is on this device, searched without network: documents and pages of the chat, and pages that the user keeps.
import type { FilePart, Part, Turn } from '../../../protocol/chat';
import { keptPages } from '../keptPages';
import { bestPassages } from '../passages';
import { citationsIn } from '../sources';
import type { Hit, Page, Provider } from './provider';

/** Addresses of attached documents, which have none: only this app reads them. */
const FILE = 'file:///';
/** Id of the file that holds the whole of a page of which the model read an excerpt. */
export const wholePageId = (source: number): string => `page-${source}`;

/** The whole text of a page among the parts of a result; what was read of it where that was all. */
export async function wholePage(
  { title, url, quote, source }: { title: string; url: string; quote: string; source: number },
  parts: readonly Part[],
): Promise<Page> {
  const file = parts.find(
    (part): part is FilePart => part.type === 'file' && part.id === wholePageId(source),
  );
  // Behind its title and address, and an empty line.
  const text = file && (await file.blob.text()).split('\n').slice(3).join('\n');
  return { title, url, text: text || quote };
}

/** Texts of the chat and kept pages, the newest of each address. */
async function savedPages(chat: readonly Turn[]): Promise<Page[]> {
  const kept = await keptPages.list().catch(() => []); // a browser that refuses storage keeps none
  const pages = new Map<string, Page>(kept.map((page) => [page.url, page]));
  for (const part of chat.flatMap(({ parts }) => parts)) {
    if (part.type === 'file' && part.document) {
      const url = FILE + encodeURIComponent(part.name);
      pages.set(url, { title: part.name, url, text: part.document.text });
    }
    if (part.type !== 'result') continue;
    for (const citation of citationsIn([part]))
      if (!citation.hit && citation.quote) pages.set(citation.url, await wholePage(citation, part.parts));
  }
  return [...pages.values()];
}

export function saved(chat: readonly Turn[]): Provider {
  return {
    hosts: [],
    async search({ query, most }): Promise<Hit[]> {
      const pages = await savedPages(chat);
      const best = bestPassages(
        pages.flatMap((page) => page.text.split('\n').map((line) => ({ page, text: line }))),
        query,
        { most: 50, describe: ({ page, text }) => ({ title: page.title, text }) },
      );
      const hits = new Map<string, Hit>();
      for (const { page, text } of best)
        if (!hits.has(page.url))
          hits.set(page.url, { title: page.title, url: page.url, snippet: text.slice(0, 200) });
      return [...hits.values()].slice(0, most);
    },
    read: async (url) => (await savedPages(chat)).find((page) => page.url === url),
  };
}
