// The forward pass of the GLM-4 family, read top to bottom. It records dispatches; it never submits.
// Source: THUDM modeling_chatglm.py, transformers glm and glm4, llama.cpp chatglm.cpp and glm4.cpp, which agree.
import type { Pass } from '../../gpu/program';
import type { Tensor, TensorAllocator, WeightMatrix } from '../../gpu/tensor';
import { firstRows } from '../../shared/shape';
import { GROUP_SIZE } from '../../shared/weightLayout';
import { addRmsNorm } from '../../kernels/addNorm';
import { attention, attentionScratchShape } from '../../kernels/attention';
import { embedTokens } from '../../kernels/embed';
import { injectRows } from '../../kernels/inject';
import { matmul, matmulSwiglu } from '../../kernels/matmul';
import { FEW_TOKENS, QUANTIZED_WORDS } from '../../kernels/activations';
import { rmsNorm } from '../../kernels/rmsnorm';
import { qkvRopeAppend } from '../../kernels/qkvRope';
import type { ActivationSizes, Activations, ForwardArgs } from '../boundModel';
import { MAX_LOGIT_ROWS } from '../boundModel';
import type { GlmConfig } from './config';
import type { GlmWeights } from './tensors';

/** The buffers of one pass, sized for the largest chunk; all f32. */
export interface GlmActivations extends Activations {
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
}

/** Allocates the buffers of passes of up to these sizes. */
export function createActivations(
  gpu: TensorAllocator,
  config: GlmConfig,
  { maxTokens: T, maxLength }: ActivationSizes,
): GlmActivations {
  const { hiddenSize: D, ffnSize: F, vocabSize: V, numHeads, numKvHeads, headDim } = config;
  const tensors = {
    tokens: gpu.createTensor('tokens', [T], 'u32'),
    residual: gpu.createTensor('residual', [T, D]),
    normed: gpu.createTensor('normed', [T, D]),
    qkv: gpu.createTensor('qkv', [T, (numHeads + 2 * numKvHeads) * headDim]),
    q: gpu.createTensor('q', [T, numHeads * headDim]),
    heads: gpu.createTensor('heads', [T, numHeads * headDim]),
    ...(config.postNorms && { branch: gpu.createTensor('branch', [T, D]) }),
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
  return { ...tensors, tensors: Object.values(tensors) };
}

/** What a pass is recorded from. */
export interface GlmModel {
  config: GlmConfig;
  weights: GlmWeights;
}

/** Where a half-layer's norm goes, and which matrix reads it. */
interface Norm {
  gain: Tensor;
  reader: WeightMatrix;
  /** [rows from firstRow on, D] */
  y: Tensor;
  firstRow: number;
  label: string;
}

/**
 * Records one pass over numTokens tokens: their K and V are appended, the last tokens' logits are left behind. Each half
 * of a layer reads a norm of the residual and ends with "add, then the norm for what follows".
 */
export function recordForward(
  pass: Pass,
  { config, weights }: GlmModel,
  args: ForwardArgs<GlmActivations>,
): void {
  const { activations: all, kv, ropeTable: table, state, numTokens, maxLength, logitRows } = args;
  const { numHeads, ropePairing: pairing, normEps: eps } = config;
  const { codes, attnScratch: scratch } = all;
  const [residual, normed, qkv, q, heads, gated] = [
    all.residual, all.normed, all.qkv, all.q, all.heads, all.gated,
  ].map((tensor) => firstRows(tensor, numTokens)); // prettier-ignore
  const branch = all.branch && firstRows(all.branch, numTokens);
  const order = args.layers ?? [...weights.layers.keys()];

  /** The norms in front of the layers; behind the last one, that of the rows whose logits are wanted. */
  const norms: Norm[] = order.map((layer) => {
    const { attnNorm: gain, qkv: reader } = weights.layers[layer];
    return { gain, reader, y: normed, firstRow: 0, label: `L${layer}.attn.norm` };
  });
  norms.push({
    gain: weights.outputNorm,
    reader: weights.head,
    y: firstRows(all.last, Math.max(1, logitRows)),
    firstRow: numTokens - logitRows,
    label: 'norm',
  });
  const norm = ({ gain, reader, y, firstRow, label }: Norm): Tensor =>
    firstRow === numTokens ? y : rmsNorm(pass, { x: residual, gain, y, reader, eps, firstRow, label });
  /** residual += x·Wᵀ, or its norm times postGain; then the norm for what follows. */
  const addThenNorm = (
    x: Tensor,
    matrix: WeightMatrix,
    postGain: Tensor | undefined,
    label: string,
    next: Norm,
  ) => {
    if (!postGain || !branch) {
      matmul(pass, { x, weights: matrix, y: residual, accumulate: true, label });
      return norm(next);
    }
    matmul(pass, { x, weights: matrix, y: branch, label });
    return addRmsNorm(pass, { x: residual, a: branch, postGain, eps, ...next });
  };

  embedTokens(pass, { tokens: all.tokens, numTokens, table: weights.embedding, y: residual, label: 'embed' });
  if (args.injected) injectRows(pass, { ...args.injected, y: residual, label: 'inject' });
  let x = norm(norms[0]);
  for (const [n, i] of order.entries()) {
    const layer = weights.layers[i];
    const at = (name: string) => `L${i}.${name}`;
    qkvRopeAppend(pass, {
      x, weights: layer.qkv, bias: layer.qkvBias, qkv,
      table, state, q, kv: kv[i], numHeads, pairing, label: at('attn.qkv'),
    }); // prettier-ignore
    x = attention(pass, {
      q, kv: kv[i], state, y: heads, reader: layer.attnOutput, codes,
      numHeads, maxLength, scratch, label: at('attn.heads'),
    }); // prettier-ignore
    x = addThenNorm(x, layer.attnOutput, layer.postAttnNorm, at('attn.out'), {
      gain: layer.ffnNorm, reader: layer.gateUp, y: normed, firstRow: 0, label: at('ffn.norm'),
    }); // prettier-ignore
    x = matmulSwiglu(pass, {
      x, weights: layer.gateUp, y: gated, reader: layer.ffnDown, codes, label: at('ffn.gateUp'),
    }); // prettier-ignore
    x = addThenNorm(x, layer.ffnDown, layer.postFfnNorm, at('ffn.down'), norms[n + 1]);
  }
  if (logitRows > 0)
    matmul(pass, { x, weights: weights.head, y: firstRows(all.logits, logitRows), label: 'head' });
}
