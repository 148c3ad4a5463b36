// Jina's reader turns a page into Markdown; every page may ask it. It hears of every address.
import { askJson, BrowseError, textIn, type Page } from './provider';

const BASE = 'https://r.jina.ai/';
export const JINA_HOST = new URL(BASE).host;

export async function readByJina(url: string, signal: AbortSignal): Promise<Page> {
  const headers = { accept: 'application/json' };
  const { data } = await askJson({ url: BASE + url, headers, timeoutMs: 40_000 }, signal);
  const { title, content } = (data ?? {}) as Record<string, unknown>;
  if (!textIn(content).trim()) throw new BrowseError('noText', { url });
  return { title: textIn(title) || url, url, text: withoutAddresses(textIn(content)) };
}

/** Pictures go, and links keep their words: addresses cost tokens and say nothing. */
export const withoutAddresses = (markdown: string): string =>
  markdown
    .replace(/!\[[^\]]*\]\([^)]*\)/g, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/\n{2,}/g, '\n')
    .trim();
