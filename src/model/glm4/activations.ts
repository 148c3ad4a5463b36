// The buffers that a forward pass of the GLM-4 family works in.
import type { Tensor, TensorAllocator } from '../../gpu/tensor';
import { FEW_TOKENS, QUANTIZED_WORDS } from '../../kernels/activations';
import { attentionScratchShape } from '../../kernels/attention';
import { GROUP_SIZE } from '../../shared/weightLayout';
import type { ActivationSizes, Activations } from '../boundModel';
import { MAX_LOGIT_ROWS } from '../boundModel';
import type { GlmConfig } from './config';

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
