// From what the user chose to an opened GGUF set.
import type { ModelSource } from '../protocol/engine';
import type { GgufFile } from '../weights/gguf';
import { openGguf, splitUrls } from '../weights/gguf';
import { fileSource, httpSource } from '../weights/sources';

export type UncachedSource = Exclude<ModelSource, { kind: 'cached' }>;

/** Where the model comes from, for people and for finding it again with the network off. */
export function originOf(source: UncachedSource): string {
  if (source.kind === 'remote') return source.origin;
  return source.kind === 'url' ? source.url : (source.files[0]?.name ?? '');
}

/** @throws AppError whatever reading the headers meets */
export function openSource(source: UncachedSource, signal: AbortSignal): Promise<GgufFile> {
  const parts =
    source.kind === 'url'
      ? splitUrls(source.url).map((url) => httpSource(url))
      : source.kind === 'remote'
        ? source.files.map(({ url }) => httpSource(url))
        : source.files.map((file) => fileSource(file));
  return openGguf(parts, signal);
}
