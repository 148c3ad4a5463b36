// The forward pass of the GLM-4 family, read top to bottom. It records dispatches; it never submits.
// Source: THUDM modeling_chatglm.py, transformers glm and glm4, llama.cpp chatglm.cpp and glm4.cpp, which agree.
import type { Gpu } from '../gpu/device';
import type { Pass } from '../gpu/program';
import type { Tensor, WeightMatrix } from '../gpu/tensor';
import { firstRows } from '../shared/shape';
import { GROUP_SIZE } from '../shared/weightLayout';
import { addRmsNorm } from '../kernels/addNorm';
import { attention, attentionScratchShape } from '../kernels/attention';
import { embedTokens } from '../kernels/embed';
import type { KvLayer } from '../kernels/kv';
import { matmul, matmulSwiglu } from '../kernels/matmul';
import { FEW_TOKENS, QUANTIZED_WORDS, quantizedView } from '../kernels/activations';
import { fewRoundAlike, isMatvec, productInput } from '../kernels/matvec';
import { quantizeRows } from '../kernels/quantizeRows';
import { rmsNorm } from '../kernels/rmsnorm';
import { qkvRopeAppend } from '../kernels/qkvRope';
import type { GlmConfig } from './glm4Config';

export { splitsAlike } from '../kernels/attention';

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

/** Where a loaded model's tensors are found by name. */
export interface NamedWeights {
  matrix(name: string): WeightMatrix;
  vector(name: string): Tensor;
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

/** The buffers one pass works in, sized for the largest chunk; all f32. */
export interface Activations {
  tokens: Tensor; // u32 [T]: ids of this pass; the sampler writes the next one to [0]
  residual: Tensor; // [T, D]
  normed: Tensor; // [T, D]
  qkv: Tensor; // [T, (H + 2K)·Dh]
  q: Tensor; // [T, H·Dh], rotated and scaled by 1/√Dh
  heads: Tensor; // [T, H·Dh]
  branch?: Tensor; // [T, D], only with post norms
  gated: Tensor; // [T, F]
  codes: Tensor; // [T, max(H·Dh, F) · 12 / 32] words: heads or gated as int8
  attnScratch: Tensor;
  last: Tensor; // [MAX_LOGIT_ROWS, D]: the final norm of the pass's last tokens
  logits: Tensor; // [MAX_LOGIT_ROWS, V]
}

/** A pass leaves the logits of at most this many tokens: its last one, or all those of a speculation. */
export const MAX_LOGIT_ROWS = FEW_TOKENS;

/**
 * @param maxTokens tokens of the largest chunk.
 * @param maxLength KV cache capacity.
 */
export function createActivations(
  gpu: Gpu,
  config: GlmConfig,
  { maxTokens: T, maxLength }: { maxTokens: number; maxLength: number },
): Activations {
  const { hiddenSize: D, ffnSize: F, vocabSize: V, numHeads, numKvHeads, headDim } = config;
  return {
    tokens: gpu.createTensor('tokens', [T], 'u32'),
    residual: gpu.createTensor('residual', [T, D]),
    normed: gpu.createTensor('normed', [T, D]),
    qkv: gpu.createTensor('qkv', [T, (numHeads + 2 * numKvHeads) * headDim]),
    q: gpu.createTensor('q', [T, numHeads * headDim]),
    heads: gpu.createTensor('heads', [T, numHeads * headDim]),
    branch: config.postNorms ? gpu.createTensor('branch', [T, D]) : undefined,
    gated: gpu.createTensor('gated', [T, F]),
    codes: gpu.createTensor(
      'codes',
      [T, (Math.max(numHeads * headDim, F) / GROUP_SIZE) * QUANTIZED_WORDS],
      'u32',
    ),
    attnScratch: gpu.createTensor(
      'attnScratch',
      attentionScratchShape({ numHeads, headDim, maxLength, numTokens: Math.min(T, FEW_TOKENS) }),
    ),
    last: gpu.createTensor('last', [MAX_LOGIT_ROWS, D]),
    logits: gpu.createTensor('logits', [MAX_LOGIT_ROWS, V]),
  };
}

export interface ForwardArgs {
  config: GlmConfig;
  weights: GlmWeights;
  activations: Activations;
  kv: KvLayer[];
  /** cos and sin per position, [capacity, ropeDims]. */
  ropeTable: Tensor;
  /** Position of the pass's first token and more: src/kernels/state.ts. */
  state: Tensor;
  /** Tokens in this pass. */
  numTokens: number;
  /** No position of this pass is beyond this; decode records anew when it grows. */
  maxLength: number;
  /** Compute the logits of the last token; chunks before the last need none. */
  withLogits: boolean;
  /** Compute those of this many last tokens, at most MAX_LOGIT_ROWS; default 1. */
  logitRows?: number;
}

/** Records one pass over numTokens tokens: their K and V are appended, the last tokens' logits are left behind. */
export function recordForward(pass: Pass, args: ForwardArgs): void {
  const { config, weights, activations: all, kv, ropeTable, state, numTokens, maxLength } = args;
  const { numHeads, ropePairing: pairing, normEps: eps } = config;
  const [residual, normed, qkv, q, heads, gated] = (
    [all.residual, all.normed, all.qkv, all.q, all.heads, all.gated] as const
  ).map((tensor) => firstRows(tensor, numTokens));
  const branch = all.branch && firstRows(all.branch, numTokens);

  embedTokens(pass, { tokens: all.tokens, numTokens, table: weights.embedding, y: residual, label: 'embed' });

  // Activations are stored as the product after them reads them: floats or int8 codes. A kernel that cannot do so leaves
  // floats, which become codes in a dispatch of their own: never in decoding.
  const attentionStoresCodes = numTokens <= FEW_TOKENS && config.headDim % GROUP_SIZE === 0;
  const asCodes = (floats: Tensor, matrix: WeightMatrix, label: string) => {
    if (productInput(floats, matrix) === floats) return floats;
    const codes = quantizedView({ ...all.codes, shape: floats.shape });
    quantizeRows(pass, { x: floats, y: codes, label });
    return codes;
  };

  weights.layers.forEach((layer, i) => {
    const at = (name: string) => `L${i}.${name}`;
    const previous = weights.layers[i - 1] as GlmLayer | undefined;

    const attnInput = productInput(normed, layer.qkv);
    if (!previous?.postFfnNorm)
      rmsNorm(pass, { x: residual, gain: layer.attnNorm, y: attnInput, eps, label: at('attn.norm') });
    qkvRopeAppend(pass, {
      x: attnInput, weights: layer.qkv, bias: layer.qkvBias, qkv,
      table: ropeTable, state, q, kv: kv[i], numHeads, pairing, label: at('attn.qkv'),
    }); // prettier-ignore
    const attended = attentionStoresCodes ? productInput(heads, layer.attnOutput) : heads;
    attention(pass, {
      q, kv: kv[i], state, y: attended, numHeads, maxLength, scratch: all.attnScratch, label: at('attn.heads'),
    }); // prettier-ignore
    const outInput = attentionStoresCodes ? attended : asCodes(heads, layer.attnOutput, at('attn.codes'));
    const ffnInput = productInput(normed, layer.gateUp);
    if (layer.postAttnNorm && branch) {
      matmul(pass, { x: outInput, weights: layer.attnOutput, y: branch, label: at('attn.out') });
      addRmsNorm(pass, {
        x: residual, a: branch, postGain: layer.postAttnNorm, gain: layer.ffnNorm, y: ffnInput, eps, label: at('ffn.norm'),
      }); // prettier-ignore
    } else {
      matmul(pass, {
        x: outInput, weights: layer.attnOutput, y: residual, accumulate: true, label: at('attn.out'),
      }); // prettier-ignore
      rmsNorm(pass, { x: residual, gain: layer.ffnNorm, y: ffnInput, eps, label: at('ffn.norm') });
    }

    const storesCodes = isMatvec(numTokens);
    const activated = storesCodes ? productInput(gated, layer.ffnDown) : gated;
    matmulSwiglu(pass, { x: ffnInput, weights: layer.gateUp, y: activated, label: at('ffn.gateUp') });
    const downInput = storesCodes ? activated : asCodes(gated, layer.ffnDown, at('ffn.codes'));
    if (layer.postFfnNorm && branch) {
      matmul(pass, { x: downInput, weights: layer.ffnDown, y: branch, label: at('ffn.down') });
      const next = weights.layers[i + 1] as GlmLayer | undefined; // after the last one the norm is made for nobody
      addRmsNorm(pass, {
        x: residual,
        a: branch,
        postGain: layer.postFfnNorm,
        gain: (next ?? layer).attnNorm,
        y: productInput(normed, (next ?? layer).qkv),
        eps,
        label: at('ffn.post'),
      });
    } else {
      matmul(pass, {
        x: downInput, weights: layer.ffnDown, y: residual, accumulate: true, label: at('ffn.down'),
      }); // prettier-ignore
    }
  });

  if (!args.withLogits) return;
  const { logitRows = 1 } = args;
  const logits = firstRows(all.logits, logitRows);
  const lastRows = firstRows(all.last, logitRows);
  const last = productInput(lastRows, weights.head);
  const firstRow = numTokens - logitRows;
  rmsNorm(pass, { x: residual, gain: weights.outputNorm, y: last, eps, firstRow, label: 'norm' });
  matmul(pass, { x: last, weights: weights.head, y: logits, label: 'head' });
}

/** Whether a pass over a few tokens rounds each as it would alone, so that a checked draft changes nothing. */
export function fewTokensRoundAlike({ layers, head }: GlmWeights): boolean {
  const matrices = layers.flatMap(({ qkv, attnOutput, gateUp, ffnDown }) => [
    qkv,
    attnOutput,
    gateUp,
    ffnDown,
  ]);
  return [...matrices, head].every(fewRoundAlike);
}
