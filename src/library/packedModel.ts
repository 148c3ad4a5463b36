// Whether a pack's manifest fits an architecture.
import { planModel } from '../model/architecture';
import { AppError } from '../shared/errors';
import { invalidPack } from '../weights/pack/packManifest';
import type { ModelManifest } from '../weights/types';

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
