// The tower and the merger of GLM-4.1V, GLM-4.6V and GLM-OCR, read top to bottom: from patches to rows for the text model.
// It records dispatches; it never submits. Activations stay f32: some channels of a tower are far larger than others.
// Source: transformers glm4v and glm_ocr, llama.cpp tools/mtmd/clip.cpp, which agree.
import type { Pass } from '../../gpu/program';
import { addPositions } from '../../kernels/addPositions';
import { attention } from '../../kernels/attention';
import { headNorm } from '../../kernels/headNorm';
import { layerNorm } from '../../kernels/layerNorm';
import { matmul, matmulSwiglu } from '../../kernels/matmul';
import { rmsNorm } from '../../kernels/rmsnorm';
import { ropeAppend } from '../../kernels/rope';
import { swiglu } from '../../kernels/swiglu';
import { firstRows, rowsFrom } from '../../shared/shape';
import { mergedOf, sideBySide, stateOf, type Chunk, type EyesActivations } from './activations';
import type { EyesConfig } from './config';
import type { EyesLayer, EyesWeights } from './tensors';

/** A configuration with its weights. */
export interface EyesModel {
  config: EyesConfig;
  weights: EyesWeights;
}

/** PyTorch's default for the merger's LayerNorm. */
const MERGER_EPS = 1e-5;

export interface TowerArgs {
  activations: EyesActivations;
  /** Patches of the picture. */
  grid: { rows: number; columns: number };
  /** All patches, in order. */
  chunks: readonly Chunk[];
  /** Called between parts of the work that may be submitted apart. */
  endStep: () => void;
  /** Run these layers only; default all. */
  layers?: readonly number[];
}

/** Records a whole picture. A chunk's patches must be in `activations.patches` before its first step runs. */
export function recordTower(pass: Pass, model: EyesModel, args: TowerArgs): void {
  const { weights } = model;
  const { activations: all, chunks, grid, endStep } = args;
  for (const chunk of chunks) {
    recordEmbedding(pass, model, all, { chunk, grid });
    endStep();
  }
  for (const i of args.layers ?? weights.layers.keys()) {
    const layer = weights.layers[i];
    for (const chunk of chunks) {
      recordKeys(pass, model, all, { chunk, layer, name: `E${i}` });
      endStep();
    }
    for (const chunk of chunks) {
      recordLayer(pass, model, all, { chunk, layer, name: `E${i}` });
      endStep();
    }
  }
  for (const chunk of chunks) {
    recordMerger(pass, model, all, chunk);
    endStep();
  }
}

/** Patches to vectors, with their learned positions. */
function recordEmbedding(
  pass: Pass,
  { config, weights }: EyesModel,
  all: EyesActivations,
  { chunk, grid }: { chunk: Chunk; grid: TowerArgs['grid'] },
): void {
  const { first, count } = chunk;
  const x = firstRows(all.patches, count);
  const residual = rowsFrom(all.residual, first, count);
  const { embeddingNorm: gain, positions: table } = weights;
  const y = gain ? firstRows(all.normed, count) : residual;
  matmul(pass, { x, weights: weights.patches, bias: weights.patchesBias, y, label: 'eyes.embed' });
  if (gain) rmsNorm(pass, { x: y, gain, y: residual, eps: config.normEps, label: 'eyes.embed.norm' });
  if (table) addPositions(pass, { table, x: residual, firstPatch: first, grid, label: 'eyes.positions' });
}

interface LayerArgs {
  chunk: Chunk;
  layer: EyesLayer;
  name: string;
}

/** Q, K and V of a chunk, rotated. Those of all chunks come first, because every patch sees every other. */
function recordKeys(
  pass: Pass,
  { config }: EyesModel,
  all: EyesActivations,
  { chunk, layer, name }: LayerArgs,
): void {
  const { numHeads, normEps: eps } = config;
  const { first, count } = chunk;
  const [normed, qkv] = [firstRows(all.normed, count), firstRows(all.qkv, count)];
  const q = rowsFrom(all.q, first, count);
  rmsNorm(pass, {
    x: rowsFrom(all.residual, first, count), gain: layer.attnNorm, y: normed, eps, label: `${name}.attn.norm`,
  }); // prettier-ignore
  matmul(pass, { x: normed, weights: layer.qkv, bias: layer.qkvBias, y: qkv, label: `${name}.attn.qkv` });
  if (layer.qNorm && layer.kNorm) {
    const gains = { qGain: layer.qNorm, kGain: layer.kNorm };
    headNorm(pass, { qkv, ...gains, numHeads, numKvHeads: numHeads, eps, label: `${name}.attn.headNorm` });
  }
  ropeAppend(pass, {
    qkv, table: all.angles, state: stateOf(all, chunk), q, kv: all.kv, numHeads, pairing: 'half',
    label: `${name}.attn.rope`,
  }); // prettier-ignore
}

/** Attention over the whole picture, then the FFN, of a chunk. */
function recordLayer(
  pass: Pass,
  { config }: EyesModel,
  all: EyesActivations,
  { chunk, layer, name }: LayerArgs,
): void {
  const { numHeads, normEps: eps } = config;
  const { first, count } = chunk;
  const [normed, heads, gated] = [all.normed, all.heads, all.gated].map((tensor) => firstRows(tensor, count));
  const residual = rowsFrom(all.residual, first, count);
  const q = rowsFrom(all.q, first, count);
  attention(pass, {
    q,
    kv: all.kv,
    state: stateOf(all, chunk),
    y: heads,
    numHeads,
    label: `${name}.attn.heads`,
  });
  matmul(pass, {
    x: heads, weights: layer.attnOutput, bias: layer.attnOutputBias, y: residual, accumulate: true,
    label: `${name}.attn.out`,
  }); // prettier-ignore
  rmsNorm(pass, { x: residual, gain: layer.ffnNorm, y: normed, eps, label: `${name}.ffn.norm` });
  if (all.gateUp) {
    const gateUp = firstRows(all.gateUp, count);
    matmul(pass, {
      x: normed,
      weights: layer.gateUp,
      bias: layer.gateUpBias,
      y: gateUp,
      label: `${name}.ffn.gateUp`,
    });
    swiglu(pass, { x: gateUp, y: gated, label: `${name}.ffn.swiglu` });
  } else matmulSwiglu(pass, { x: normed, weights: layer.gateUp, y: gated, label: `${name}.ffn.gateUp` });
  matmul(pass, {
    x: gated, weights: layer.ffnDown, bias: layer.ffnDownBias, y: residual, accumulate: true, label: `${name}.ffn.down`,
  }); // prettier-ignore
}

/** Four patches to one row of the text model's width. */
function recordMerger(pass: Pass, { config, weights }: EyesModel, all: EyesActivations, chunk: Chunk): void {
  const { first, count } = chunk;
  const rows = mergedOf(chunk);
  const normed = firstRows(all.normed, count);
  const [merged, projected, gated] = [all.merged, all.projected, all.mergerGated].map((tensor) =>
    firstRows(tensor, rows.count),
  );
  rmsNorm(pass, {
    x: rowsFrom(all.residual, first, count), gain: weights.outputNorm, y: normed, eps: config.normEps, label: 'eyes.norm',
  }); // prettier-ignore
  matmul(pass, {
    x: sideBySide(normed), weights: weights.downsample, bias: weights.downsampleBias, y: merged,
    label: 'eyes.downsample',
  }); // prettier-ignore
  matmul(pass, { x: merged, weights: weights.projection, y: projected, label: 'eyes.projection' });
  layerNorm(pass, {
    x: projected, gain: weights.projectionNorm, bias: weights.projectionNormBias, y: merged, eps: MERGER_EPS, gelu: true,
    label: 'eyes.projection.norm',
  }); // prettier-ignore
  matmulSwiglu(pass, { x: merged, weights: weights.mergerGateUp, y: gated, label: 'eyes.merger.gateUp' });
  matmul(pass, {
    x: gated, weights: weights.mergerDown, y: rowsFrom(all.features, rows.first, rows.count), label: 'eyes.merger.down',
  }); // prettier-ignore
}
