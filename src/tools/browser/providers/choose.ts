// The providers that the settings name.
import type { Turn } from '../../../protocol/chat';
import { cleanText } from '../../cleanText';
import { baseAddress, type BrowserSettings } from '../settings';
import { JINA_HOST, readByJina } from './jina';
import { mediaWiki, wikipedia } from './mediaWiki';
import { BrowseError, type Page, type Provider } from './provider';
import { readByRelay, relaySearch } from './relay';
import { saved } from './saved';
import { searxng } from './searxng';
import { wikidata } from './wikidata';

/** The user's languages as wikis name them, English last. */
export function languagesOf({ languages }: BrowserSettings): string[] {
  const own = languages.length > 0 ? languages : (globalThis.navigator?.languages ?? []).slice(0, 3);
  return [...new Set([...own.map((tag) => tag.split('-')[0].toLowerCase()), 'en'])];
}

const HAN = /\p{Script=Han}/u;

/** Wikipedias for a query: Chinese words are looked up in Chinese, others in the other languages. */
function wikipediasFor(query: string, settings: BrowserSettings): string[] {
  const languages = languagesOf(settings);
  const isHan = (language: string) => ['zh', 'ja'].includes(language);
  const fit = languages.filter((language) => isHan(language) === HAN.test(query));
  if (fit.length > 0) return fit.slice(0, 2);
  return HAN.test(query) ? ['zh'] : ['en'];
}

/** An address of the settings. @throws BrowseError noAddress */
function needed(typed: string, what: string): string {
  const base = baseAddress(typed);
  if (!base) throw new BrowseError('noAddress', { what });
  return base;
}

const wikiAt = (typed: string) => ({
  api: `${needed(typed, 'MediaWiki').replace(/\/wiki(?:\/.*)?$/, '/w')}/api.php`,
});

/** What searches for a query. @throws BrowseError noAddress */
export function searchersFor(query: string, settings: BrowserSettings, chat: readonly Turn[]): Provider[] {
  switch (settings.search) {
    case 'wikipedia':
      return wikipediasFor(query, settings).map((language) => mediaWiki(wikipedia(language)));
    case 'wiki':
      return [mediaWiki(wikiAt(settings.wiki))];
    case 'wikidata':
      return [wikidata(HAN.test(query) ? 'zh' : languagesOf(settings)[0])];
    case 'searxng':
      return [searxng(needed(settings.searxng, 'SearXNG'))];
    case 'relay':
      return [relaySearch(needed(settings.relay, 'relay'), settings.engine)];
    case 'saved':
      return [saved(chat)];
  }
}

/**
 * What may read this page: wikis by their own API, others by the chosen reader.
 * @throws BrowseError noPage for what is no address, as imported chats may have it
 */
function ownReader(url: string, settings: BrowserSettings, chat: readonly Turn[]): Provider | undefined {
  if (!URL.canParse(url)) throw new BrowseError('noPage', { url });
  if (url.startsWith('file:')) return saved(chat);
  const { hostname, origin } = new URL(url);
  const language = /^([a-z-]{2,12})(?:\.m)?\.wikipedia\.org$/.exec(hostname)?.[1];
  if (language) return mediaWiki(wikipedia(language));
  if (hostname === 'www.wikidata.org') return wikidata(languagesOf(settings)[0]);
  const wiki = baseAddress(settings.wiki);
  return wiki && new URL(wiki).origin === origin ? mediaWiki(wikiAt(settings.wiki)) : undefined;
}

/** Hosts that hear of it when this page is read. */
export function readingHosts(url: string, settings: BrowserSettings): string[] {
  if (url.startsWith('file:') || settings.search === 'saved') return [];
  const own = ownReader(url, settings, []);
  if (own) return own.hosts;
  const { host } = new URL(url);
  if (settings.reader === 'jina') return [JINA_HOST, host];
  const relay = baseAddress(settings.relay);
  return settings.reader === 'relay' && relay ? [new URL(relay).host, host] : [];
}

/** Reads a page, without characters that people do not see. @throws BrowseError */
export async function readPage(...request: Parameters<typeof pageAt>): Promise<Page> {
  const page = await pageAt(...request);
  return { ...page, title: cleanText(page.title), text: cleanText(page.text) };
}

async function pageAt(
  url: string,
  { settings, chat, signal }: { settings: BrowserSettings; chat: readonly Turn[]; signal: AbortSignal },
): Promise<Page> {
  // Without network, what is kept is read before anything is asked.
  if (settings.search === 'saved') {
    const kept = await saved(chat).read?.(url, signal);
    if (kept) return kept;
  }
  if (settings.search === 'saved') throw new BrowseError('notKept', { url });
  const page = await ownReader(url, settings, chat)?.read?.(url, signal);
  if (page) return page;
  if (settings.reader === 'jina') return readByJina(url, signal);
  if (settings.reader === 'relay') return readByRelay(needed(settings.relay, 'relay'), url, signal);
  throw new BrowseError('noReader', { host: new URL(url).host });
}
