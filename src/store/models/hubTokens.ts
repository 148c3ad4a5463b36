// Access tokens for model hosts: in localStorage under a key of their own, never in the state, never in an export.
import type { PreferenceStorage } from '../page/preferences';

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

export function openHubTokens(storage: PreferenceStorage): HubTokens {
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
