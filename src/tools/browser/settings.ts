// Where the browser searches and what reads pages, as a person chose.

/** wikipedia: in the user's languages; wiki: another MediaWiki; saved: what is in the chat, without network. */
export const SEARCHES = ['wikipedia', 'wiki', 'wikidata', 'searxng', 'relay', 'saved'] as const;
/** What reads pages other than those of wikis. */
export const READERS = ['none', 'jina', 'relay'] as const;
/** Search services that the relay has keys for. */
export const ENGINES = ['brave', 'tavily', 'bigmodel'] as const;

export interface BrowserSettings {
  search: (typeof SEARCHES)[number];
  reader: (typeof READERS)[number];
  /** Address of a MediaWiki, where its api.php is: 'https://wiki.example/w'. */
  wiki: string;
  /** Address of a SearXNG instance. */
  searxng: string;
  /** Address of the relay, with its token: scripts/relay. */
  relay: string;
  engine: (typeof ENGINES)[number];
  /** Languages of Wikipedia and Wikidata, the user's first: 'zh', 'en'. */
  languages: string[];
}

export const DEFAULT_BROWSER: BrowserSettings = {
  ...{ search: 'wikipedia', reader: 'none', wiki: '', searxng: '', relay: '', engine: 'brave' },
  languages: [],
};

const oneOf = <T extends string>(choices: readonly T[], value: unknown, fallback: T): T =>
  choices.includes(value as T) ? (value as T) : fallback;

/** An address as it was typed, in the form that requests are built on; '' for none that can be used. */
export function baseAddress(typed: string): string {
  const text = typed.trim();
  if (!text) return '';
  try {
    const url = new URL(/^https?:\/\//i.test(text) ? text : `https://${text}`);
    return (url.origin + url.pathname).replace(/\/(?:api\.php|index\.php|search)?$/, '').replace(/\/+$/, '');
  } catch {
    return '';
  }
}

/** Settings from a place that may be damaged. */
export function readBrowserSettings(saved: unknown): BrowserSettings {
  const { search, reader, wiki, searxng, relay, engine, languages } = (
    typeof saved === 'object' && saved !== null ? saved : {}
  ) as Record<string, unknown>;
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  return {
    search: oneOf(SEARCHES, search, DEFAULT_BROWSER.search),
    reader: oneOf(READERS, reader, DEFAULT_BROWSER.reader),
    ...{ wiki: text(wiki), searxng: text(searxng), relay: text(relay) },
    engine: oneOf(ENGINES, engine, DEFAULT_BROWSER.engine),
    languages: Array.isArray(languages)
      ? languages.filter((code): code is string => typeof code === 'string' && /^[a-z-]{2,12}$/.test(code))
      : [],
  };
}
