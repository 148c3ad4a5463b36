// Downloads that have begun and of which nothing is stored yet: the engine's journal begins with the header of the file.
import type { ModelSource, PartialImport } from '../../protocol/models';
import type { SmallStorage } from '../ports';

const KEY = 'glm-begun-downloads';

export interface BegunDownloads {
  list(): PartialImport[];
  begin(origin: string, name: string, source: ModelSource): void;
  /** The engine knows it now, or it is given up. */
  end(origin: string): void;
}

/** Kept in `storage`, without access tokens. */
export function openBegunDownloads(storage: SmallStorage): BegunDownloads {
  const list = (): PartialImport[] => {
    try {
      const rows = JSON.parse(storage.getItem(KEY) || '[]') as PartialImport[];
      return rows.filter(({ origin, source }) => origin && source);
    } catch {
      return [];
    }
  };
  const write = (rows: PartialImport[]) => {
    try {
      storage.setItem(KEY, JSON.stringify(rows));
    } catch {
      // Without storage nothing is remembered.
    }
  };
  const without = (origin: string) => list().filter((row) => row.origin !== origin);
  return {
    list,
    begin(origin, name, source) {
      const files = source.kind === 'remote' ? source.files : [];
      const totalBytes = files.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
      const plain = source.kind === 'remote' ? { ...source, token: undefined } : source;
      const row = { id: origin, name, origin, source: plain, totalBytes, updatedAt: Date.now() };
      write([{ ...row, doneBytes: 0, storedBytes: 0 }, ...without(origin)]);
    },
    end(origin) {
      const rest = without(origin);
      if (rest.length < list().length) write(rest);
    },
  };
}
