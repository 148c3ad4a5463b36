// The description of a loaded model.
import type { WeightMatrix } from '../gpu/tensor';
import type { ModelConfig, ModelFamily } from '../model/architecture';
import type { KvFormat, ModelInfo } from '../protocol/models';
import { isQuantised, type WeightFormat } from '../shared/weightLayout';
import type { ModelManifest } from '../weights/types';

export interface ModelInfoArgs {
  manifest: ModelManifest;
  config: ModelConfig;
  family: ModelFamily;
  parameters: number;
  tools: boolean;
  thinks: boolean;
  contextTokens: number;
  gpuBytes: number;
  remarks: string[];
}

export function modelInfo({ manifest, config, family, ...numbers }: ModelInfoArgs): ModelInfo {
  const { parameters, tools, thinks, contextTokens, gpuBytes, remarks } = numbers;
  return {
    id: manifest.id,
    name: manifest.name,
    origin: manifest.origin,
    ...(manifest.fromPack && { fromPack: true }),
    architecture: config.architecture,
    family: family.id,
    numLayers: config.numLayers,
    hiddenSize: config.hiddenSize,
    vocabSize: config.vocabSize,
    parameters,
    tools,
    ...(thinks && { thinks }),
    contextTokens,
    trainedContextTokens: config.trainedContextTokens,
    packedBytes: manifest.packedBytes,
    gpuBytes,
    quantisation: quantisationOf(manifest),
    sampling: family.sampling,
    licence: family.licence,
    warnings: [...config.warnings, ...remarks],
  };
}

const FORMAT_NAMES: Record<WeightFormat, string> = {
  ...{ q4: 'INT4', q4m: 'INT4', q8: 'INT8', q8m: 'INT8' },
  ...{ f16: 'F16', bf16: 'BF16', f32: 'F32' },
};
/** Share of the bytes below which a format is not named. */
const WORTH_NAMING = 0.05;

/** Formats of the weights, the one with the most bytes first. */
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

/** Float files get a float cache: rounding K and V to f16 moves their logits by 3e-3 of the RMS. */
export function defaultKvFormat({ tensors }: ModelManifest): KvFormat {
  return tensors.some(({ kind, format }) => kind === 'matrix' && isQuantised(format)) ? 'f16' : 'f32';
}

export function tensorMap(manifest: ModelManifest): ReadonlyMap<string, { shape: number[] }> {
  return new Map(manifest.tensors.map((tensor) => [tensor.name, tensor]));
}

/** Bytes of these matrices on the GPU. */
export function bytesOf(matrices: WeightMatrix[]): number {
  return matrices.flatMap(({ chunks }) => chunks).reduce((sum, { tensor }) => sum + tensor.byteLength, 0);
}
