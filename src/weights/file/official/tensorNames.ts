// Tensor names of original repositories → GGUF names, as in llama.cpp's convert_hf_to_gguf.py. Rows keep their order:
// both layouts rotate pairs (2i, 2i + 1) as the GGUF does, and all of them store gate rows before up rows.

const OUTSIDE: Record<string, string> = {
  'transformer.embedding.word_embeddings.weight': 'token_embd.weight',
  'transformer.encoder.final_layernorm.weight': 'output_norm.weight',
  'transformer.output_layer.weight': 'output.weight',
  'model.embed_tokens.weight': 'token_embd.weight',
  'model.norm.weight': 'output_norm.weight',
  'lm_head.weight': 'output.weight',
  'model.language_model.embed_tokens.weight': 'token_embd.weight',
  'model.language_model.norm.weight': 'output_norm.weight',
};

const LAYER = /^(transformer\.encoder|model|model\.language_model)\.layers\.(\d+)\.(.+)\.(weight|bias)$/;
const IN_LAYER: Record<string, string> = {
  input_layernorm: 'attn_norm',
  'self_attention.query_key_value': 'attn_qkv',
  'self_attention.dense': 'attn_output',
  'self_attn.q_proj': 'attn_q',
  'self_attn.k_proj': 'attn_k',
  'self_attn.v_proj': 'attn_v',
  'self_attn.o_proj': 'attn_output',
  post_self_attn_layernorm: 'post_attention_norm', // GLM-4-0414: applied to the output of attention
  post_attention_layernorm: 'ffn_norm', // despite its name, it precedes the FFN
  'mlp.dense_h_to_4h': 'ffn_up',
  'mlp.gate_up_proj': 'ffn_up',
  'mlp.dense_4h_to_h': 'ffn_down',
  'mlp.down_proj': 'ffn_down',
  post_mlp_layernorm: 'post_ffw_norm',
};

/**
 * The GGUF name of a tensor; undefined for tensors that a GGUF omits: rotary tables, vision towers. A tensor of a
 * layer without a GGUF name keeps its own, so that the tensor plan refuses it.
 */
export function ggufName(name: string): string | undefined {
  if (Object.hasOwn(OUTSIDE, name)) return OUTSIDE[name];
  const [, , layer, module, kind] = LAYER.exec(name) ?? [];
  if (module === undefined) return undefined;
  return Object.hasOwn(IN_LAYER, module) ? `blk.${layer}.${IN_LAYER[module]}.${kind}` : name;
}
