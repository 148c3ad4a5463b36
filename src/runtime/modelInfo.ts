// What is told about a loaded model.
import type { GlmWeights } from '../model/glm4';
import type { GlmConfig } from '../model/glm4Config';
import { countParameters, planTensors } from '../model/glm4Config';
import type { ModelFamily } from '../model/modelFamily';
import type { KvFormat, ModelInfo } from '../protocol/models';
import { isQuantised, type WeightFormat } from '../shared/weightLayout';
import type { ModelManifest } from '../weights/types';

export interface ModelInfoArgs {
  manifest: ModelManifest;
  config: GlmConfig;
  family: ModelFamily;
  contextTokens: number;
  gpuBytes: number;
}

export function modelInfo({ manifest, config, family, contextTokens, gpuBytes }: ModelInfoArgs): ModelInfo {
  return {
    id: manifest.id,
    name: manifest.name,
    origin: manifest.origin,
    architecture: config.architecture,
    family: family.id,
    numLayers: config.numLayers,
    hiddenSize: config.hiddenSize,
    vocabSize: config.vocabSize,
    parameters: countParameters(planTensors(config, tensorMap(manifest))),
    contextTokens,
    trainedContextTokens: config.trainedContextTokens,
    packedBytes: manifest.packedBytes,
    gpuBytes,
    quantisation: quantisationOf(manifest),
    sampling: family.sampling,
    licence: family.licence,
    warnings: config.warnings,
  };
}

const FORMAT_NAMES: Record<WeightFormat, string> = {
  ...{ q4: 'INT4', q4m: 'INT4', q8: 'INT8', q8m: 'INT8' },
  ...{ f16: 'F16', bf16: 'BF16', f32: 'F32' },
};
/** A format with less of the bytes is not worth a word. */
const WORTH_NAMING = 0.05;

/** How the weights are kept, the most first. */
function quantisationOf({ tensors }: Pick<ModelManifest, 'tensors'>): string {
  const bytes = new Map<string, number>();
  let total = 0;
  for (const { kind, format, byteLength } of tensors) {
    if (kind !== 'matrix') continue;
    const name = FORMAT_NAMES[format];
    bytes.set(name, (bytes.get(name) ?? 0) + byteLength);
    total += byteLength;
  }
  const worth = [...bytes].filter(([, size]) => size >= total * WORTH_NAMING);
  return worth
    .sort(([, a], [, b]) => b - a)
    .map(([name]) => name)
    .join(' + ');
}

/** A float file asks for exactness: rounding K and V to f16 moves its logits by 3e-3 of their RMS. */
export function defaultKvFormat({ tensors }: ModelManifest): KvFormat {
  return tensors.some(({ kind, format }) => kind === 'matrix' && isQuantised(format)) ? 'f16' : 'f32';
}

export function tensorMap(manifest: ModelManifest): ReadonlyMap<string, { shape: number[] }> {
  return new Map(manifest.tensors.map((tensor) => [tensor.name, tensor]));
}

/** Of the matrices that every token reads: all but the embedding, of which it reads a row. */
export function bytesRead({ layers, head }: GlmWeights): number {
  const matrices = layers.flatMap(({ qkv, attnOutput, gateUp, ffnDown }) => [
    qkv,
    attnOutput,
    gateUp,
    ffnDown,
  ]);
  return [...matrices, head]
    .flatMap(({ chunks }) => chunks)
    .reduce((sum, { tensor }) => sum + tensor.byteLength, 0);
}
