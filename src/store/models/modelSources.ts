// Names of model sources, and what is special about the built-in model.
import type { CachedModel, ModelSource } from '../../protocol/models';
import type { KnownModel } from '../answerSettings';

export const NANO_NAME = 'Nano';

const fileName = (url: string) => decodeURIComponent(new URL(url).pathname.split('/').pop() ?? url);

/** The name to show before the model itself is read. */
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

/** Sources that are imported into the cache first; the others are read from there or from disk. Nano is small enough to load at once. */
export type ImportableSource = Exclude<ModelSource, { kind: 'cached' | 'disk' }>;

export const needsImport = (source: ModelSource, nanoUrl: string): source is ImportableSource =>
  source.kind === 'files' || source.kind === 'remote' || (source.kind === 'url' && source.url !== nanoUrl);

/**
 * Origin of a download that can be resumed, as the engine's journal has it (src/library/openSource.ts); '' for other
 * sources, the built-in model among them.
 */
export function downloadOrigin(source: ModelSource, nanoUrl: string): string {
  if (source.kind !== 'remote' && source.kind !== 'url') return '';
  const origin = source.kind === 'remote' ? source.origin : source.url;
  if (origin === nanoUrl) return '';
  return source.part === 'eyes' ? `${origin} (eyes)` : origin;
}

const withoutVersion = (origin: string) => origin.split('?')[0];

/** Two records of one model: the same id, or the same address apart from its version. */
export const isSameModel = (a: KnownModel, b: KnownModel): boolean =>
  a.id === b.id || (a.origin !== '' && withoutVersion(a.origin) === withoutVersion(b.origin));

/** A Nano of an earlier version of the app: the same address, another version. */
export const isOldNano = ({ origin }: CachedModel, nanoUrl: string): boolean =>
  origin !== nanoUrl && withoutVersion(origin) === withoutVersion(nanoUrl);
