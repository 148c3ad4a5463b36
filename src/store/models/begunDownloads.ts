// Downloads that have begun, which the engine's journal does not tell in full: it begins with the header of a file, and knows
// files, but not that a model was asked for with its eyes.
import type { ModelSource, PartialImport } from '../../protocol/models';
import type { SmallStorage } from '../ports';
import { downloadOrigin } from './modelSources';

const KEY = 'glm-begun-downloads';

/** `source`: the model, which is on this device ('cached') where eyes alone are downloaded. */
export interface BegunDownload extends PartialImport {
  source: ModelSource;
  eyes?: ModelSource;
  /** Something of it is stored: a failure does not end it. */
  stored?: boolean;
}

export interface BegunDownloads {
  list(): BegunDownload[];
  /** @param origin of the download, or of its eyes */
  find(origin: string): BegunDownload | undefined;
  begin(origin: string, name: string, parts: { source: ModelSource; eyes?: ModelSource }): void;
  /** The engine's journal has it now. */
  store(origin: string): void;
  /** It failed: over, unless a part of it is stored. */
  fail(origin: string): void;
  /** It is complete, or given up. */
  end(origin: string): void;
}

/** Kept in `storage`, without access tokens. */
export function openBegunDownloads(storage: SmallStorage): BegunDownloads {
  const list = (): BegunDownload[] => {
    try {
      const rows = JSON.parse(storage.getItem(KEY) || '[]') as BegunDownload[];
      return rows.filter(({ origin, source }) => origin && source);
    } catch {
      return [];
    }
  };
  const write = (rows: BegunDownload[]) => {
    try {
      storage.setItem(KEY, JSON.stringify(rows));
    } catch {
      // Without storage nothing is remembered.
    }
  };
  const isOf = (origin: string) => (row: BegunDownload) =>
    row.origin === origin || (row.eyes !== undefined && downloadOrigin(row.eyes, '') === origin);
  const find = (origin: string) => list().find(isOf(origin));
  const end = (origin: string) => {
    const rows = list();
    const rest = rows.filter((row) => !isOf(origin)(row));
    if (rest.length < rows.length) write(rest);
  };
  return {
    list,
    find,
    begin(origin, name, parts) {
      const { source, eyes } = { source: plain(parts.source), eyes: parts.eyes && plain(parts.eyes) };
      const totalBytes = bytesOf(source) + bytesOf(eyes);
      const { stored } = find(origin) ?? {};
      const row = { id: origin, name, origin, source, eyes, stored, totalBytes, updatedAt: Date.now() };
      write([{ ...row, doneBytes: 0, storedBytes: 0 }, ...list().filter((other) => !isOf(origin)(other))]);
    },
    store(origin) {
      const row = find(origin);
      if (!row || row.stored) return;
      if (row.eyes) write(list().map((other) => (isOf(origin)(other) ? { ...other, stored: true } : other)));
      else end(origin);
    },
    fail(origin) {
      if (!find(origin)?.stored) end(origin);
    },
    end,
  };
}

const plain = (source: ModelSource): ModelSource =>
  source.kind === 'remote' ? { ...source, token: undefined } : source;

const bytesOf = (source: ModelSource | undefined): number =>
  source?.kind === 'remote' ? source.files.reduce((sum, { bytes = 0 }) => sum + bytes, 0) : 0;
