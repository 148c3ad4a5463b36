// The id of a stored model, and whether it was held against the digests that a source publishes.
import { digestHex } from '../weights/digest';
import type { SourceRecord } from '../weights/types';

/** Digests of all files that a source publishes; undefined when one of them is unknown. */
function publishedDigests(record: SourceRecord | null): string[] | undefined {
  if (record?.kind !== 'remote') return undefined;
  const weights = record.files.filter(({ name }) => /\.(gguf|safetensors)$/i.test(name));
  const digests = weights.flatMap(({ sha256 }) => sha256 ?? []);
  return weights.length > 0 && digests.length === weights.length ? digests : undefined;
}

/**
 * The id under which a model from `record` is stored. A GGUF's id covers its header and its end; a copy with the same
 * id that was never held against the digests of this source (a local file, another address) must not stand in for it.
 * @param others the stored model and the unfinished import with that id, if any.
 */
export async function idBeside(
  id: string,
  record: SourceRecord | null,
  others: readonly ({ source?: SourceRecord | null } | undefined)[],
): Promise<string> {
  const published = publishedDigests(record);
  if (!published) return id;
  const digests = published.join();
  const isOther = others.some((other) => other && publishedDigests(other.source ?? null)?.join() !== digests);
  return isOther ? `${id}-${(await digestHex(new TextEncoder().encode(digests))).slice(0, 16)}` : id;
}
