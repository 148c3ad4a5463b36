// Pages that the user keeps, for the settings; the code comes with the first use.
import type { KeptPage } from '../tools/browser/keptPages';

export type { KeptPage } from '../tools/browser/keptPages';

const pages = async () => (await import('../tools/browser/keptPages')).keptPages;

/** All kept pages. Rejects when the browser refuses IndexedDB. */
export const listKeptPages = async (): Promise<KeptPage[]> => (await pages()).list();

export const removeKeptPage = async (url: string): Promise<void> => (await pages()).remove(url);

/** Deletes all of them; a browser that refuses storage keeps none. */
export const forgetKeptPages = async (): Promise<void> => (await pages()).clear().catch(() => undefined);
