// What a source of a model is called, and what is special about the built-in one.
import type { CachedModel, ModelSource } from '../../protocol/models';
import type { KnownModel } from '../types';

export const NANO_NAME = 'Nano';

const fileName = (url: string) => decodeURIComponent(new URL(url).pathname.split('/').pop() ?? url);

/** For people, before the model itself says how it is called. */
export function sourceName(source: ModelSource, nanoUrl: string, stored: CachedModel[]): string {
  switch (source.kind) {
    case 'files':
    case 'disk':
      return source.files[0]?.name ?? '';
    case 'url':
      return source.url === nanoUrl ? NANO_NAME : fileName(source.url);
    case 'remote':
      return source.name;
    case 'cached':
      return stored.find(({ id }) => id === source.id)?.name ?? source.id;
  }
}

/** What has to come into the cache first; the rest is read from there, or from disk. Nano takes a moment. */
export type ImportableSource = Exclude<ModelSource, { kind: 'cached' | 'disk' }>;

export const needsImport = (source: ModelSource, nanoUrl: string): source is ImportableSource =>
  source.kind === 'files' || source.kind === 'remote' || (source.kind === 'url' && source.url !== nanoUrl);

/**
 * Origin of what can go on where it stopped, '' for other loads: downloads, but not that of the built-in model, which
 * takes a moment.
 */
export function downloadOrigin(source: ModelSource, nanoUrl: string): string {
  if (source.kind === 'remote') return source.origin;
  return source.kind === 'url' && source.url !== nanoUrl ? source.url : '';
}

const withoutVersion = (origin: string) => origin.split('?')[0];

/** Of one model, however it came here: its id, or the address without its version. */
export const isSameModel = (a: KnownModel, b: KnownModel): boolean =>
  a.id === b.id || (a.origin !== '' && withoutVersion(a.origin) === withoutVersion(b.origin));

/** A Nano of an earlier version of the app: the same address, another version. */
export const isOldNano = ({ origin }: CachedModel, nanoUrl: string): boolean =>
  origin !== nanoUrl && withoutVersion(origin) === withoutVersion(nanoUrl);
