// Remembers the load under way, so that the next start of the page knows which model ended the last one.
import type { ModelSource } from '../../protocol/models';
import type { SmallStorage } from '../ports';
import type { Unended } from './types';

const KEY = 'glm-loading';

/** A load that never ended. */
export interface UnendedLoad extends Unended {
  /** Loads of this model in a row that ended the page. */
  crashes: number;
}

export interface LoadMarker {
  /** The load that the last page did not survive, if there was one. */
  read(): UnendedLoad | null;
  begin(name: string, source: ModelSource): void;
  /** The load ended, or the page is closed in order. */
  end(): void;
}

/** What can be loaded again from a plain text. */
function kept(source: ModelSource): ModelSource | null {
  if (source.kind === 'url' || source.kind === 'cached') return source;
  return source.kind === 'disk' && source.id ? { kind: 'cached', id: source.id } : null;
}

/** @param onPageHide calls back when the page is closed, reloaded or left; a crash calls nothing */
export function openLoadMarker(
  storage: SmallStorage,
  onPageHide: (listener: () => void) => void = listenToPageHide,
): LoadMarker {
  let before: UnendedLoad | null = null;
  let isLoading = false;
  const write = (load: UnendedLoad | null) => {
    try {
      storage.setItem(KEY, load ? JSON.stringify(load) : '');
    } catch {
      // Without storage nothing is remembered.
    }
  };
  const marker: LoadMarker = {
    read() {
      try {
        const load = JSON.parse(storage.getItem(KEY) || 'null') as UnendedLoad | null;
        before = load && typeof load.name === 'string' && load.source ? load : null;
      } catch {
        before = null;
      }
      return before;
    },
    begin(name, source) {
      const plain = kept(source);
      if (!plain) return;
      const crashes = (before?.name === name ? before.crashes : 0) + 1;
      isLoading = true;
      write({ name, source: plain, crashes });
    },
    end() {
      isLoading = false;
      before = null;
      write(null);
    },
  };
  onPageHide(() => {
    if (isLoading) write(null);
  });
  return marker;
}

function listenToPageHide(listener: () => void): void {
  globalThis.addEventListener?.('pagehide', listener);
}
