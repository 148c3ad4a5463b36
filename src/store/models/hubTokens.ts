// Access tokens for model hosts: in localStorage under a key of their own, never in the state, never in an export.
import type { ModelSource } from '../../protocol/models';
import type { SmallStorage } from '../ports';

const KEY = 'glm-hub-tokens';

/** One token per host, so that none is ever sent to another host (a mirror is another host). */
export interface HubTokens {
  hosts(): string[];
  /** The token for the host of this address. */
  find(url: string): string | undefined;
  /** An empty token removes what is kept. */
  keep(url: string, token: string): void;
}

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : '');

export function openHubTokens(storage: SmallStorage): HubTokens {
  const read = (): Record<string, string> => {
    try {
      const saved = JSON.parse(storage.getItem(KEY) ?? '{}') as Record<string, unknown>;
      const tokens = Object.entries(saved).filter(([, token]) => typeof token === 'string' && token !== '');
      return Object.fromEntries(tokens) as Record<string, string>;
    } catch {
      return {};
    }
  };
  return {
    hosts: () => Object.keys(read()),
    find: (url) => read()[hostOf(url)],
    keep(url, token) {
      const tokens = read();
      const host = hostOf(url);
      if (!host) return;
      if (token.trim()) tokens[host] = token.trim();
      else delete tokens[host];
      try {
        storage.setItem(KEY, JSON.stringify(tokens));
      } catch {
        // Private windows may refuse; it has to be entered again.
      }
    },
  };
}

/** A source with the token for its host, on the way to the engine: sources are kept without tokens. */
export function withToken(source: ModelSource, tokens: HubTokens): ModelSource {
  if (source.kind === 'url') {
    const { url } = source;
    const token = tokens.find(url);
    const name = url.split(/[?#]/)[0].split('/').pop() ?? url;
    return token
      ? { kind: 'remote', origin: url, name, files: [{ url, name }], token, part: source.part }
      : source;
  }
  if (source.kind !== 'remote') return source;
  const hosts = new Set(source.files.map(({ url }) => new URL(url).host));
  const token = hosts.size === 1 ? tokens.find(source.files[0].url) : undefined;
  return token ? { ...source, token } : source;
}
