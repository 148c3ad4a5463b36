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
import { FEW_TOKENS, QUANTIZED_WORDS, quantizedView } from '../../kernels/activations';
import { isMatvec, productInput } from '../../kernels/matvec';
import { quantizeRows } from '../../kernels/quantizeRows';
import { rmsNorm } from '../../kernels/rmsnorm';
import { qkvRopeAppend } from '../../kernels/qkvRope';
import type { ActivationSizes, Activations, ForwardArgs } from '../boundModel';
import { MAX_LOGIT_ROWS } from '../boundModel';
import type { GlmConfig } from './config';
import type { GlmLayer, GlmWeights } from './tensors';

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

/** Records one pass over numTokens tokens: their K and V are appended, the last tokens' logits are left behind. */
export function recordForward(
  pass: Pass,
  { config, weights }: GlmModel,
  args: ForwardArgs<GlmActivations>,
): void {
  const { activations: all, kv, ropeTable, state, numTokens, maxLength, logitRows } = args;
  const { numHeads, ropePairing: pairing, normEps: eps } = config;
  const [residual, normed, qkv, q, heads, gated] = (
    [all.residual, all.normed, all.qkv, all.q, all.heads, all.gated] as const
  ).map((tensor) => firstRows(tensor, numTokens));
  const branch = all.branch && firstRows(all.branch, numTokens);

  embedTokens(pass, { tokens: all.tokens, numTokens, table: weights.embedding, y: residual, label: 'embed' });
  if (args.injected) injectRows(pass, { ...args.injected, y: residual, label: 'inject' });

  // Activations are stored as the product after them reads them: floats or int8 codes. A kernel that cannot do so leaves
  // floats, which become codes in a dispatch of their own: never in decoding.
  const attentionStoresCodes = numTokens <= FEW_TOKENS && config.headDim % GROUP_SIZE === 0;
  const asCodes = (floats: Tensor, matrix: WeightMatrix, label: string) => {
    if (productInput(floats, matrix) === floats) return floats;
    const codes = quantizedView({ ...all.codes, shape: floats.shape });
    quantizeRows(pass, { x: floats, y: codes, label });
    return codes;
  };

  const order = args.layers ?? [...weights.layers.keys()];
  order.forEach((i, nth) => {
    const layer = weights.layers[i];
    const at = (name: string) => `L${i}.${name}`;
    const previous = weights.layers[order[nth - 1]] as GlmLayer | undefined;

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
      const next = weights.layers[order[nth + 1]] as GlmLayer | undefined; // unused after the last layer
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

  if (logitRows === 0) return;
  const logits = firstRows(all.logits, logitRows);
  const lastRows = firstRows(all.last, logitRows);
  const last = productInput(lastRows, weights.head);
  const firstRow = numTokens - logitRows;
  rmsNorm(pass, { x: residual, gain: weights.outputNorm, y: last, eps, firstRow, label: 'norm' });
  matmul(pass, { x: last, weights: weights.head, y: logits, label: 'head' });
}
