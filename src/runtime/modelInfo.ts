// What is told about a loaded model.
import type { GlmWeights } from '../model/glm4';
import type { GlmConfig } from '../model/glm4Config';
import { countParameters, planTensors } from '../model/glm4Config';
import type { ModelFamily } from '../model/modelFamily';
import type { KvFormat, ModelInfo } from '../protocol/engine';
import { isQuantised } from '../shared/weightLayout';
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
    sampling: family.sampling,
    licence: family.licence,
    warnings: config.warnings,
  };
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
