// Pages that the user keeps beyond their chat, in a database of their own: found and read without network.
import { openSimpleDatabase } from '../../shared/database';
import type { Page } from './providers/provider';

export interface KeptPage extends Page {
  readAt: number; // ms since 1970
}

/** Every method may reject when the browser refuses IndexedDB. */
export function openKeptPages() {
  const database = openSimpleDatabase('glm-pages', 'pages');
  const change = (run: (pages: IDBObjectStore) => void) =>
    database.write(['pages'], (transaction) => run(transaction.objectStore('pages')));
  return {
    list: () => database.read('pages', (pages) => pages.getAll() as IDBRequest<KeptPage[]>),
    /** A later version takes the place of an earlier one. */
    keep: (page: KeptPage) => change((pages) => void pages.put(page, page.url)),
    remove: (url: string) => change((pages) => void pages.delete(url)),
    clear: () => change((pages) => void pages.clear()),
  };
}

export const keptPages = openKeptPages();
