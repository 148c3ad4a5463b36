// BERT's encoder, read top to bottom: from the ids of several texts to one mean vector each. It records dispatches; it never
// submits. Every text sees itself alone; products run over all tokens of the pass at once.
// Source: transformers modeling_bert.py; Devlin et al. 2019, arXiv:1810.04805
import type { Pass } from '../../gpu/program';
import { attention } from '../../kernels/attention';
import { embedTokens } from '../../kernels/embed';
import { gelu } from '../../kernels/gelu';
import { layerNorm } from '../../kernels/layerNorm';
import { matmul } from '../../kernels/matmul';
import { meanRows } from '../../kernels/meanRows';
import { ropeAppend } from '../../kernels/rope';
import { firstRows, rowsFrom } from '../../shared/shape';
import { kvFrom, stateOf, type EmbedderActivations, type TextPlace } from './activations';
import type { EmbedderConfig } from './config';
import type { EmbedderWeights } from './tensors';

/** A configuration with its weights. */
export interface EmbedderModel {
  config: EmbedderConfig;
  weights: EmbedderWeights;
}

/** Records one pass over texts in these places; their means are left in `pooled`. */
export function recordEmbedder(
  pass: Pass,
  { config, weights }: EmbedderModel,
  all: EmbedderActivations,
  places: readonly TextPlace[],
): void {
  const { numHeads, normEps: eps } = config;
  const last = places[places.length - 1];
  const numTokens = last.first + last.count;
  const [x, normed, qkv, q, heads, up, curved] = [
    all.x, all.normed, all.qkv, all.q, all.heads, all.up, all.curved,
  ].map((tensor) => firstRows(tensor, numTokens)); // prettier-ignore

  const embedding = { numTokens, y: normed };
  embedTokens(pass, { ...embedding, tokens: all.tokens, table: weights.tokens, label: 'embed' });
  embedTokens(pass, { ...embedding, tokens: all.positions, table: weights.positions, add: true, label: 'embed.positions' }); // prettier-ignore
  embedTokens(pass, {
    ...embedding,
    tokens: all.types,
    table: weights.types,
    add: true,
    label: 'embed.types',
  });
  layerNorm(pass, { x: normed, ...weights.norm, y: x, eps, label: 'embed.norm' });

  weights.layers.forEach((layer, i) => {
    const label = (name: string) => `B${i}.${name}`;
    // x is the layer's input; attention is added to it, and its norm is the input of the FFN
    matmul(pass, { x, ...layer.qkv, y: qkv, label: label('attn.qkv') });
    ropeAppend(pass, {
      qkv, table: all.angles, state: stateOf(all, all.states.shape[0] - 1), q, kv: all.kv, numHeads, pairing: 'half',
      label: label('attn.split'),
    }); // prettier-ignore
    places.forEach(({ first, count }, text) =>
      attention(pass, {
        q: rowsFrom(q, first, count), kv: kvFrom(all, first), state: stateOf(all, text), y: rowsFrom(heads, first, count),
        numHeads, label: label('attn.heads'),
      }),
    ); // prettier-ignore
    matmul(pass, { x: heads, ...layer.output, y: x, accumulate: true, label: label('attn.out') });
    layerNorm(pass, { x, ...layer.attnNorm, y: normed, eps, label: label('attn.norm') });
    matmul(pass, { x: normed, ...layer.up, y: up, label: label('ffn.up') });
    gelu(pass, { x: up, y: curved, label: label('ffn.gelu') });
    matmul(pass, { x: curved, ...layer.down, y: normed, accumulate: true, label: label('ffn.down') });
    layerNorm(pass, { x: normed, ...layer.ffnNorm, y: x, eps, label: label('ffn.norm') });
  });

  const count = places.length;
  const ranges = firstRows(all.ranges, count);
  meanRows(pass, { x: all.x, ranges, y: firstRows(all.pooled, count), label: 'pool' });
}
