// Checks that need to know models: whether a pack's manifest fits an architecture, and whether a stored model was held
// against the digests that a source publishes.
import { planModel } from '../model/architecture';
import { AppError } from '../shared/errors';
import { digestHex } from '../weights/digest';
import { invalidPack } from '../weights/pack/packManifest';
import type { ModelManifest, SourceRecord } from '../weights/types';

/**
 * Checks that a pack's tensors are those that its metadata asks for, and that its vocabulary is usable.
 * @param file name of the pack, for messages.
 * @throws AppError 'pack-invalid'; unsupported-architecture, bad-metadata, missing-tensor, unknown-tensor,
 *   unsupported-tokenizer.
 */
export async function assertLoadable({ metadata, tensors }: ModelManifest, file: string): Promise<void> {
  const shapes = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const { plan } = await planModel(metadata, shapes);
  for (const { name, kind, shape, interleaved = false } of plan) {
    const packed = shapes.get(name);
    if (!packed) {
      const message = `${file} has no tensor ${name}. It is not a complete model of this architecture.`;
      throw new AppError('missing-tensor', message, { tensor: name });
    }
    const isSame =
      packed.kind === kind && packed.interleaved === interleaved && sameShape(packed.shape, shape);
    if (!isSame)
      throw invalidPack(file, name, `is not the ${kind} of [${shape.join(', ')}] that the model needs`);
  }
}

function sameShape(a: number[], b: number[]): boolean {
  return a.length === b.length && a.every((dim, i) => dim === b[i]);
}

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
