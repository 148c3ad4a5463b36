// The tensors of the GLM-4 family: their names in a file, and where the forward pass reads them.
import type { Tensor, WeightMatrix } from '../../gpu/tensor';
import { AppError } from '../../shared/errors';
import type { TensorPlan } from '../../weights/types';
import type { NamedWeights, TensorShapes } from '../boundModel';
import type { GlmConfig } from './config';

export interface GlmLayer {
  attnNorm: Tensor; // [D]
  qkv: WeightMatrix; // [(H + 2K)·Dh, D]: all Q heads, then K, then V
  qkvBias?: Tensor; // [(H + 2K)·Dh]
  attnOutput: WeightMatrix; // [D, H·Dh]
  postAttnNorm?: Tensor; // [D], GLM-4-0414 only
  ffnNorm: Tensor; // [D]
  gateUp: WeightMatrix; // [2F, D], gate and up tiles alternate
  ffnDown: WeightMatrix; // [D, F]
  postFfnNorm?: Tensor; // [D], GLM-4-0414 only
}

export interface GlmWeights {
  embedding: WeightMatrix; // [V, D]
  layers: GlmLayer[];
  outputNorm: Tensor; // [D]
  head: WeightMatrix; // [V, D]; the embedding itself when tied
}

/**
 * The tensors to store, in the order the forward pass reads them. Q, K and V become one matrix whether the file
 * has them fused or apart.
 * @throws AppError unknown-tensor: without that tensor the forward pass would compute another model.
 */
export function planTensors(config: GlmConfig, tensors: TensorShapes): TensorPlan[] {
  const { hiddenSize: D, headDim, numHeads, numKvHeads, ffnSize: F, vocabSize: V } = config;
  const qkvRows = (numHeads + 2 * numKvHeads) * headDim;
  const plan: TensorPlan[] = [{ name: 'token_embd.weight', kind: 'matrix', shape: [V, D] }];
  const vector = (name: string, length: number, parts?: string[]) =>
    plan.push({ name, kind: 'vector', shape: [length], parts });
  const matrix = (name: string, rows: number, cols: number, extra: Partial<TensorPlan> = {}) =>
    plan.push({ name, kind: 'matrix', shape: [rows, cols], ...extra });
  for (let layer = 0; layer < config.numLayers; layer++) {
    const at = (name: string) => `blk.${layer}.${name}`;
    const qkvParts = (suffix: string) =>
      tensors.has(at(`attn_qkv.${suffix}`))
        ? undefined
        : ['q', 'k', 'v'].map((part) => at(`attn_${part}.${suffix}`));
    vector(at('attn_norm.weight'), D);
    matrix(at('attn_qkv.weight'), qkvRows, D, { parts: qkvParts('weight') });
    if (config.qkvBias) vector(at('attn_qkv.bias'), qkvRows, qkvParts('bias'));
    matrix(at('attn_output.weight'), D, numHeads * headDim);
    if (config.postNorms) vector(at('post_attention_norm.weight'), D);
    vector(at('ffn_norm.weight'), D);
    matrix(at('ffn_up.weight'), 2 * F, D, { interleaved: true });
    matrix(at('ffn_down.weight'), D, F);
    if (config.postNorms) vector(at('post_ffw_norm.weight'), D);
  }
  vector('output_norm.weight', D);
  if (!config.tiedHead) matrix('output.weight', V, D);
  const planned = new Set(plan.flatMap(({ name, parts = [name] }) => parts));
  const unknown = [...tensors.keys()].filter((name) => !planned.has(name) && !isPredicting(name, config));
  if (unknown.length > 0) throw unknownTensor(unknown[0], unknown.length);
  return plan;
}

/** Whether a tensor belongs to the layers that predict further ahead: {@link GlmConfig.predictingLayers}. */
function isPredicting(name: string, { numLayers, predictingLayers = 0 }: GlmConfig): boolean {
  const layer = Number(/^blk\.(\d+)\./.exec(name)?.[1] ?? -1);
  return layer >= numLayers && layer < numLayers + predictingLayers;
}

function unknownTensor(tensor: string, count: number): AppError {
  const message =
    `The file has ${count} tensors that this engine does not use, the first being ${tensor}: it holds another kind ` +
    'of model, or a changed one. Choose another conversion.';
  return new AppError('unknown-tensor', message, { tensor, count });
}

/** Picks the tensors of planTensors() out of a loaded model. */
export function bindWeights(config: GlmConfig, weights: NamedWeights): GlmWeights {
  const embedding = weights.matrix('token_embd.weight');
  const layers = Array.from({ length: config.numLayers }, (_, layer): GlmLayer => {
    const at = (name: string) => `blk.${layer}.${name}`;
    return {
      attnNorm: weights.vector(at('attn_norm.weight')),
      qkv: weights.matrix(at('attn_qkv.weight')),
      qkvBias: config.qkvBias ? weights.vector(at('attn_qkv.bias')) : undefined,
      attnOutput: weights.matrix(at('attn_output.weight')),
      postAttnNorm: config.postNorms ? weights.vector(at('post_attention_norm.weight')) : undefined,
      ffnNorm: weights.vector(at('ffn_norm.weight')),
      gateUp: weights.matrix(at('ffn_up.weight')),
      ffnDown: weights.matrix(at('ffn_down.weight')),
      postFfnNorm: config.postNorms ? weights.vector(at('post_ffw_norm.weight')) : undefined,
    };
  });
  const head = config.tiedHead ? embedding : weights.matrix('output.weight');
  return { embedding, layers, outputNorm: weights.vector('output_norm.weight'), head };
}

/** The matrices of a layer, in the order in which a pass reads them. */
export function layerMatrices({ qkv, attnOutput, gateUp, ffnDown }: GlmLayer): WeightMatrix[] {
  return [qkv, attnOutput, gateUp, ffnDown];
}
