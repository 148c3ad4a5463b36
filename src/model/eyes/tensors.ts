// The tensors of the eyes: their names in an mmproj file, and where the tower reads them.
import type { Tensor, WeightMatrix } from '../../gpu/tensor';
import { AppError } from '../../shared/errors';
import { sizeOf } from '../../shared/shape';
import { GROUP_SIZE } from '../../shared/weightLayout';
import type { TensorPlan } from '../../weights/types';
import type { NamedWeights, TensorShapes } from '../boundModel';
import { GATE_UP, MERGER_GATE_UP, type EyesConfig } from './config';
import { PATCH_VALUES } from './pixels/patches';
import { MERGE, PATCH } from './pixels/smartResize';

/** Values of a patch with the zeros behind them: whole groups. */
export const PATCH_ROW = Math.ceil(PATCH_VALUES / GROUP_SIZE) * GROUP_SIZE;
const PATCHES_PER_ROW = MERGE * MERGE;

/** Biases and head norms are GLM-OCR's. */
export interface EyesLayer {
  attnNorm: Tensor; // [H]
  qkv: WeightMatrix; // [3H, H]: all Q heads, then K, then V
  qkvBias?: Tensor;
  qNorm?: Tensor; // [headDim]
  kNorm?: Tensor;
  attnOutput: WeightMatrix; // [H, H]
  attnOutputBias?: Tensor;
  ffnNorm: Tensor; // [H]
  gateUp: WeightMatrix; // [2F, H], gate and up tiles alternate
  gateUpBias?: Tensor; // [2F]
  ffnDown: WeightMatrix; // [H, F]
  ffnDownBias?: Tensor;
}

export interface EyesWeights {
  patches: WeightMatrix; // [H, PATCH_ROW]
  patchesBias: Tensor;
  embeddingNorm?: Tensor; // [H], not in GLM-OCR
  positions?: Tensor; // [side² · H], not in GLM-OCR
  layers: EyesLayer[];
  outputNorm: Tensor; // [H]
  downsample: WeightMatrix; // [D, 4H]: over the four patches of a merged one
  downsampleBias: Tensor;
  projection: WeightMatrix; // [D, D]
  projectionNorm: Tensor; // [D]
  projectionNormBias: Tensor;
  mergerGateUp: WeightMatrix; // [2F, D]
  mergerDown: WeightMatrix; // [D, F]
}

/**
 * The tensors to store, in the order in which the tower reads them.
 * @throws AppError unknown-tensor: without that tensor the tower would compute another model.
 */
export function planEyes(config: EyesConfig, tensors: TensorShapes): TensorPlan[] {
  const { hiddenSize: H, headDim, ffnSize: F, outSize: D, mergerSize } = config;
  const plan: TensorPlan[] = [];
  const vector = (name: string, length: number, extra: Partial<TensorPlan> = {}) =>
    plan.push({ name, kind: 'vector', shape: [length], ...extra });
  const matrix = (name: string, rows: number, cols: number, extra: Partial<TensorPlan> = {}) =>
    plan.push({ name, kind: 'matrix', shape: [rows, cols], ...extra });

  const second = 'v.patch_embd.weight.1'; // llama.cpp stores the two frames apart
  const parts = tensors.has(second) ? { parts: ['v.patch_embd.weight', second] } : {};
  const stored = sizeOf(tensors.get('v.patch_embd.weight')?.shape ?? []) / H;
  const frames = stored === 2 * PATCH_VALUES ? 2 : 1;
  const convolution = { channels: 3, frames, positions: PATCH * PATCH };
  matrix('v.patch_embd.weight', H, PATCH_ROW, { ...parts, convolution });
  vector('v.patch_embd.bias', H);
  if (config.embeddingNorm) vector('v.norm_embd.weight', H);
  if (config.tableSide) vector('v.position_embd.weight', config.tableSide ** 2 * H, { flat: true });
  for (let layer = 0; layer < config.numLayers; layer++) {
    const at = (name: string) => `v.blk.${layer}.${name}`;
    const bias = (name: string, length: number, extra?: Partial<TensorPlan>) =>
      config.biases && vector(at(`${name}.bias`), length, extra);
    vector(at('ln1.weight'), H);
    matrix(at('attn_qkv.weight'), 3 * H, H);
    bias('attn_qkv', 3 * H);
    if (config.headNorms) for (const head of ['q', 'k']) vector(at(`attn_${head}_norm.weight`), headDim);
    matrix(at('attn_out.weight'), H, H);
    bias('attn_out', H);
    vector(at('ln2.weight'), H);
    matrix(GATE_UP(layer), 2 * F, H, {
      parts: [at('ffn_gate.weight'), at('ffn_up.weight')],
      interleaved: true,
    });
    bias('ffn_gate_up', 2 * F, { parts: [at('ffn_gate.bias'), at('ffn_up.bias')] });
    matrix(at('ffn_down.weight'), H, F);
    bias('ffn_down', H);
  }
  vector('v.post_ln.weight', H);
  const merging = { channels: H, frames: 1, positions: PATCHES_PER_ROW, channelsLast: true };
  matrix('mm.patch_merger.weight', D, PATCHES_PER_ROW * H, { convolution: merging });
  vector('mm.patch_merger.bias', D);
  matrix('mm.model.fc.weight', D, D);
  vector('mm.post_norm.weight', D);
  vector('mm.post_norm.bias', D);
  matrix(MERGER_GATE_UP, 2 * mergerSize, D, { parts: ['mm.gate.weight', 'mm.up.weight'], interleaved: true });
  matrix('mm.down.weight', D, mergerSize);

  const planned = new Set(plan.flatMap(({ name, parts = [name] }) => [name, ...parts]));
  const unknown = [...tensors.keys()].filter((name) => !planned.has(name));
  if (unknown.length === 0) return plan;
  const message =
    `The file has ${unknown.length} tensors that this engine does not use, the first being ${unknown[0]}: it holds ` +
    'another kind of eyes. Choose another conversion.';
  throw new AppError('unknown-tensor', message, { tensor: unknown[0], count: unknown.length });
}

/** Picks the tensors of planEyes() out of loaded weights. */
export function bindEyes(config: EyesConfig, weights: NamedWeights): EyesWeights {
  const { matrix, vector } = weights;
  const layers = Array.from({ length: config.numLayers }, (_, layer): EyesLayer => {
    const at = (name: string) => `v.blk.${layer}.${name}`;
    const bias = (name: string) => (config.biases ? vector(at(`${name}.bias`)) : undefined);
    return {
      attnNorm: vector(at('ln1.weight')),
      qkv: matrix(at('attn_qkv.weight')),
      qkvBias: bias('attn_qkv'),
      qNorm: config.headNorms ? vector(at('attn_q_norm.weight')) : undefined,
      kNorm: config.headNorms ? vector(at('attn_k_norm.weight')) : undefined,
      attnOutput: matrix(at('attn_out.weight')),
      attnOutputBias: bias('attn_out'),
      ffnNorm: vector(at('ln2.weight')),
      gateUp: matrix(GATE_UP(layer)),
      gateUpBias: bias('ffn_gate_up'),
      ffnDown: matrix(at('ffn_down.weight')),
      ffnDownBias: bias('ffn_down'),
    };
  });
  return {
    patches: matrix('v.patch_embd.weight'),
    patchesBias: vector('v.patch_embd.bias'),
    embeddingNorm: config.embeddingNorm ? vector('v.norm_embd.weight') : undefined,
    positions: config.tableSide ? vector('v.position_embd.weight') : undefined,
    layers,
    outputNorm: vector('v.post_ln.weight'),
    downsample: matrix('mm.patch_merger.weight'),
    downsampleBias: vector('mm.patch_merger.bias'),
    projection: matrix('mm.model.fc.weight'),
    projectionNorm: vector('mm.post_norm.weight'),
    projectionNormBias: vector('mm.post_norm.bias'),
    mergerGateUp: matrix(MERGER_GATE_UP),
    mergerDown: matrix('mm.down.weight'),
  };
}
