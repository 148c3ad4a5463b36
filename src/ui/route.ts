// The page's address: which page, and which chat, model tab or other part of it. Only this file reads or writes the hash.
import { useSyncExternalStore } from 'react';
import type { ModelsTab } from '../store';

export type Route =
  /** A chat; null: a new one. */
  | { page: 'chat'; chatId: string | null }
  /** The models, over the chat; null: the tab that the store chooses. */
  | { page: 'models'; tab: ModelsTab | null }
  /** The benchmark. */
  | { page: 'bench' }
  /** The agents; with an id the builder, with 'new' a new one. */
  | { page: 'agents'; id: string | null };

const TABS: readonly ModelsTab[] = ['catalogue', 'own', 'here'];
const CHAT_ID = /^[\w-]+$/;

/** The route of an address's hash. An unknown one is a new chat. */
export function parseRoute(hash: string): Route {
  const [page, detail, ...more] = hash.replace(/^#\/?/, '').split('/');
  if (more.length === 0) {
    if (page === 'chat' && detail && CHAT_ID.test(detail)) return { page, chatId: detail };
    if (page === 'bench' && detail === undefined) return { page };
    if (page === 'agents' && (detail === undefined || CHAT_ID.test(detail)))
      return { page, id: detail ?? null };
    const tab = TABS.find((name) => name === detail);
    if (page === 'models' && (tab || detail === undefined)) return { page, tab: tab ?? null };
  }
  return { page: 'chat', chatId: null };
}

/** The hash of a route, for a link. */
export function formatRoute(route: Route): string {
  switch (route.page) {
    case 'chat':
      return route.chatId ? `#/chat/${route.chatId}` : '#';
    case 'models':
      return route.tab ? `#/models/${route.tab}` : '#/models';
    case 'bench':
      return '#/bench';
    case 'agents':
      return route.id ? `#/agents/${route.id}` : '#/agents';
  }
}

let hash: string | null = null;
let route: Route = { page: 'chat', chatId: null };

/** The current route; the same object until the address changes. */
export function currentRoute(): Route {
  if (hash !== location.hash) {
    hash = location.hash;
    route = parseRoute(hash);
  }
  return route;
}

/** Calls `listener` when the reader follows a link, goes back or forward, or the page calls goTo. Returns the undoing. */
export function onRoute(listener: () => void): () => void {
  addEventListener('hashchange', listener);
  return () => removeEventListener('hashchange', listener);
}

/** As if the reader had followed a link. */
export function goTo(next: Route): void {
  location.hash = formatRoute(next);
}

/** Writes the address of what the page shows already: as a step that Back undoes, or in place of the current address. */
export function setAddress(next: Route, how: 'push' | 'replace'): void {
  const address = formatRoute(next);
  if (how === 'push') history.pushState(null, '', address);
  else history.replaceState(null, '', address);
}

export const useRoute = (): Route => useSyncExternalStore(onRoute, currentRoute);
