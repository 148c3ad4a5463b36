// The forward pass of the GLM-4 family, read top to bottom. It records dispatches; it never submits.
// Source: THUDM modeling_chatglm.py, transformers glm and glm4, llama.cpp chatglm.cpp and glm4.cpp, which agree.
import type { Pass } from '../../gpu/program';
import type { Tensor, WeightMatrix } from '../../gpu/tensor';
import { firstRows } from '../../shared/shape';
import { addRmsNorm } from '../../kernels/addNorm';
import { attention } from '../../kernels/attention';
import { embedTokens } from '../../kernels/embed';
import { injectRows } from '../../kernels/inject';
import { matmul, matmulSwiglu } from '../../kernels/matmul';
import { rmsNorm } from '../../kernels/rmsnorm';
import { qkvRopeAppend } from '../../kernels/qkvRope';
import type { ForwardArgs } from '../boundModel';
import type { GlmActivations } from './activations';
import type { GlmConfig } from './config';
import type { GlmWeights } from './tensors';

/** A configuration with its weights. */
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
