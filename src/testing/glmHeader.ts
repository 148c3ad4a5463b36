// The header of glm-4-9b-chat as written by the converter, for tests without weights.
import type { Metadata } from '../weights/types';

export const GLM4_9B_CHAT_METADATA: Metadata = {
  'general.architecture': 'chatglm',
  'general.name': 'glm-4-9b-chat',
  'chatglm.context_length': 131072,
  'chatglm.embedding_length': 4096,
  'chatglm.feed_forward_length': 13696,
  'chatglm.block_count': 40,
  'chatglm.attention.head_count': 32,
  'chatglm.attention.head_count_kv': 2,
  'chatglm.attention.layer_norm_rms_epsilon': 1.5625e-7,
  'chatglm.rope.dimension_count': 64,
  'chatglm.rope.freq_base': 5000000,
};

/** The tensors whose shapes distinguish variants. */
export function packedShapes({ separate = false, tied = false }): Map<string, { shape: number[] }> {
  const shapes = new Map([['token_embd.weight', { shape: [151552, 4096] }]]);
  if (!tied) shapes.set('output.weight', { shape: [151552, 4096] });
  for (let layer = 0; layer < 40; layer++) {
    for (const part of separate ? ['q', 'k', 'v'] : ['qkv']) {
      shapes.set(`blk.${layer}.attn_${part}.weight`, { shape: [] });
      shapes.set(`blk.${layer}.attn_${part}.bias`, { shape: [] });
    }
  }
  return shapes;
}
