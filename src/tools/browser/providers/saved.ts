// What the chat holds, searched without network: attached documents, and pages that were read.
import type { Turn } from '../../../protocol/chat';
import { citationsIn } from '../sources';
import { bestPassages } from '../passages';
import type { Hit, Page, Provider } from './provider';

/** Addresses of attached documents, which have none: only this app reads them. */
const FILE = 'file:///';

/** Texts of the chat, the newest of each address. */
export function savedPages(chat: readonly Turn[]): Page[] {
  const pages = new Map<string, Page>();
  for (const part of chat.flatMap(({ parts }) => parts)) {
    if (part.type === 'file' && part.document) {
      const url = FILE + encodeURIComponent(part.name);
      pages.set(url, { title: part.name, url, text: part.document.text });
    }
    for (const { url, title, quote, hit } of citationsIn([part]))
      if (!hit && quote) pages.set(url, { title, url, text: quote });
  }
  return [...pages.values()];
}

export function saved(chat: readonly Turn[]): Provider {
  const pages = savedPages(chat);
  return {
    hosts: [],
    search({ query, most }): Promise<Hit[]> {
      const best = bestPassages(
        pages.flatMap((page) => page.text.split('\n').map((line) => ({ page, text: line }))),
        query,
        { most: 50, describe: ({ page, text }) => ({ title: page.title, text }) },
      );
      const hits = new Map<string, Hit>();
      for (const { page, text } of best)
        if (!hits.has(page.url))
          hits.set(page.url, { title: page.title, url: page.url, snippet: text.slice(0, 200) });
      return Promise.resolve([...hits.values()].slice(0, most));
    },
    read: (url) => Promise.resolve(pages.find((page) => page.url === url)),
  };
}
