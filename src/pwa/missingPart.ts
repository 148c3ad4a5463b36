// A lazy part that the host no longer has: after a deployment, a page of the previous version asks for files that are
// gone. A reload gets the current version; it is made once for each version, and never while the host is unreachable.

/** Key of the mark: in sessionStorage, or in history.state where the browser refuses storage. */
const MARK = 'glm-reloaded-for';

/** The entry script names the version of this page. */
const version = (): string =>
  document.querySelector<HTMLScriptElement>('script[type=module]')?.getAttribute('src') ?? '';

const stateNow = (): Record<string, unknown> =>
  typeof history.state === 'object' && history.state !== null
    ? (history.state as Record<string, unknown>)
    : {};

function markedVersion(): unknown {
  try {
    return sessionStorage.getItem(MARK);
  } catch {
    return stateNow()[MARK];
  }
}

function mark(): void {
  try {
    sessionStorage.setItem(MARK, version());
  } catch {
    history.replaceState({ ...stateNow(), [MARK]: version() }, '');
  }
}

/** reload: may help; reloaded: this version was reloaded already; offline: the host does not answer with a page. */
export async function canReload(): Promise<'reload' | 'reloaded' | 'offline'> {
  if (markedVersion() === version()) return 'reloaded';
  try {
    // Past the service worker, which does not know the address with this query.
    const { ok } = await fetch(new URL('./?boot', document.baseURI), { cache: 'no-store' });
    return ok ? 'reload' : 'offline';
  } catch {
    return 'offline';
  }
}

export function reloadOnce(): void {
  mark();
  location.reload();
}
