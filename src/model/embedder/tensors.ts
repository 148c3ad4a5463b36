// The tensors of an embedding model: their names in a GGUF file, and where the encoder reads them.
import type { Tensor, WeightMatrix } from '../../gpu/tensor';
import { AppError } from '../../shared/errors';
import type { TensorPlan } from '../../weights/types';
import type { NamedWeights, TensorShapes } from '../boundModel';
import type { EmbedderConfig } from './config';

/** Gain and bias of a LayerNorm, [D] each. */
export interface Norm {
  gain: Tensor;
  bias: Tensor;
}

/** A matrix with its bias. */
export interface Projection {
  weights: WeightMatrix;
  bias: Tensor;
}

export interface EmbedderLayer {
  qkv: Projection; // [3D, D]
  output: Projection; // [D, D]
  attnNorm: Norm; // behind the residual add
  up: Projection; // [F, D]
  down: Projection; // [D, F]
  ffnNorm: Norm;
}

export interface EmbedderWeights {
  tokens: WeightMatrix; // [V, D]
  positions: WeightMatrix; // [P, D]
  types: WeightMatrix; // [segments, D]
  norm: Norm;
  layers: EmbedderLayer[];
}

/**
 * The tensors to store, in the order in which the encoder reads them.
 * @throws AppError unknown-tensor: without that tensor the encoder would compute another model.
 */
export function planEmbedder(config: EmbedderConfig, tensors: TensorShapes): TensorPlan[] {
  const { hiddenSize: D, ffnSize: F, vocabSize, maxTokens, numTypes } = config;
  const plan: TensorPlan[] = [];
  const matrix = (name: string, rows: number, cols: number, extra: Partial<TensorPlan> = {}) =>
    plan.push({ name, kind: 'matrix', shape: [rows, cols], ...extra });
  const vector = (name: string, length: number, parts?: string[]) =>
    plan.push({ name, kind: 'vector', shape: [length], ...(parts && { parts }) });
  const norm = (name: string) => ['weight', 'bias'].forEach((kind) => vector(`${name}.${kind}`, D));
  const projection = (name: string, rows: number, cols: number, names = [name]) => {
    matrix(`${name}.weight`, rows, cols, { parts: names.map((part) => `${part}.weight`) });
    vector(`${name}.bias`, rows, names.map((part) => `${part}.bias`));
  }; // prettier-ignore

  matrix('token_embd.weight', vocabSize, D);
  matrix('position_embd.weight', maxTokens, D, { exact: true });
  matrix('token_types.weight', numTypes, D, { exact: true });
  norm('token_embd_norm');
  for (let layer = 0; layer < config.numLayers; layer++) {
    const at = (name: string) => `blk.${layer}.${name}`;
    projection(at('attn_qkv'), 3 * D, D, ['attn_q', 'attn_k', 'attn_v'].map(at));
    projection(at('attn_output'), D, D);
    norm(at('attn_output_norm'));
    projection(at('ffn_up'), F, D);
    projection(at('ffn_down'), D, F);
    norm(at('layer_output_norm'));
  }

  const planned = new Set(plan.flatMap(({ name, parts = [name] }) => parts));
  const unknown = [...tensors.keys()].filter((name) => !planned.has(name));
  if (unknown.length === 0) return plan;
  const message =
    `The file has ${unknown.length} tensors that this engine does not use, the first being ${unknown[0]}: it holds ` +
    'another kind of embedding model. Choose multilingual-e5-small.';
  throw new AppError('unknown-tensor', message, { tensor: unknown[0], count: unknown.length });
}

/** Picks the tensors of planEmbedder() out of loaded weights. */
export function bindEmbedder(config: EmbedderConfig, { matrix, vector }: NamedWeights): EmbedderWeights {
  const norm = (name: string): Norm => ({ gain: vector(`${name}.weight`), bias: vector(`${name}.bias`) });
  const projection = (name: string): Projection => ({
    weights: matrix(`${name}.weight`),
    bias: vector(`${name}.bias`),
  });
  return {
    tokens: matrix('token_embd.weight'),
    positions: matrix('position_embd.weight'),
    types: matrix('token_types.weight'),
    norm: norm('token_embd_norm'),
    layers: Array.from({ length: config.numLayers }, (_, layer): EmbedderLayer => {
      const at = (name: string) => `blk.${layer}.${name}`;
      return {
        qkv: projection(at('attn_qkv')),
        output: projection(at('attn_output')),
        attnNorm: norm(at('attn_output_norm')),
        up: projection(at('ffn_up')),
        down: projection(at('ffn_down')),
        ffnNorm: norm(at('layer_output_norm')),
      };
    }),
  };
}
