// A tiny embedding model with random weights as a GGUF, and its encoder as plain loops in f64.
import { geluReference } from '../../kernels/gelu.reference';
import { writeGguf, type GgufTensorData } from '../gguf';
import { seeded } from '../random';
import { writeSafetensors } from '../safetensors';

const [D, H, F, P, LAYERS, EPS] = [64, 2, 128, 32, 2, 1e-5];
const PIECES = [
  '<s>',
  '<pad>',
  '</s>',
  '<unk>',
  '▁',
  '▁query',
  '▁passage',
  ':',
  '▁a',
  '▁b',
  'a',
  'b',
  '茶',
  '▁茶',
];

type Weights = Map<string, { shape: number[]; values: Float32Array }>;

function randomWeights(): Weights {
  const random = seeded(7);
  const weights: Weights = new Map();
  const put = (name: string, shape: number[], scale: number, mean = 0) => {
    const values = random.normal(shape.reduce((product, size) => product * size, 1));
    weights.set(name, { shape, values: values.map((value) => Math.fround(value * scale + mean)) });
  };
  const norm = (name: string) => {
    put(`${name}.weight`, [D], 0.1, 1);
    put(`${name}.bias`, [D], 0.1);
  };
  const projection = (name: string, rows: number, cols: number) => {
    put(`${name}.weight`, [rows, cols], 1.5 / Math.sqrt(cols));
    put(`${name}.bias`, [rows], 0.1);
  };
  put('token_embd.weight', [PIECES.length, D], 1);
  put('position_embd.weight', [P, D], 0.3);
  put('token_types.weight', [2, D], 0.3);
  norm('token_embd_norm');
  for (let layer = 0; layer < LAYERS; layer++) {
    const at = (name: string) => `blk.${layer}.${name}`;
    for (const name of ['attn_q', 'attn_k', 'attn_v', 'attn_output']) projection(at(name), D, D);
    norm(at('attn_output_norm'));
    projection(at('ffn_up'), F, D);
    projection(at('ffn_down'), D, F);
    norm(at('layer_output_norm'));
  }
  return weights;
}

export function embedderFile(): Uint8Array<ArrayBuffer> {
  const tensors = [...randomWeights()].map(([name, { shape, values }]): GgufTensorData => {
    return { name, shape, type: 'F32', data: new Uint8Array(values.buffer) };
  });
  const metadata = {
    'general.architecture': 'bert',
    'general.name': 'tiny embedder',
    'bert.embedding_length': D,
    'bert.block_count': LAYERS,
    'bert.feed_forward_length': F,
    'bert.attention.head_count': H,
    'bert.attention.layer_norm_epsilon': { type: 'f32' as const, value: EPS },
    'bert.pooling_type': 1,
    'tokenizer.ggml.model': 't5',
    'tokenizer.ggml.tokens': PIECES,
    'tokenizer.ggml.scores': {
      type: 'f32' as const,
      value: PIECES.map((_, i) => (i < 4 ? 0 : -i)),
    },
    'tokenizer.ggml.bos_token_id': 0,
    'tokenizer.ggml.eos_token_id': 2,
    'tokenizer.ggml.unknown_token_id': 3,
  };
  return writeGguf({ metadata, tensors }) as Uint8Array<ArrayBuffer>;
}

const ORIGINAL: Record<string, string> = {
  token_embd: 'embeddings.word_embeddings',
  position_embd: 'embeddings.position_embeddings',
  token_types: 'embeddings.token_type_embeddings',
  token_embd_norm: 'embeddings.LayerNorm',
  attn_q: 'attention.self.query',
  attn_k: 'attention.self.key',
  attn_v: 'attention.self.value',
  attn_output: 'attention.output.dense',
  attn_output_norm: 'attention.output.LayerNorm',
  ffn_up: 'intermediate.dense',
  ffn_down: 'output.dense',
  layer_output_norm: 'output.LayerNorm',
};

/** The same model as its makers publish it. */
export function embedderRepository(): { name: string; bytes: Uint8Array<ArrayBuffer> }[] {
  const json = (name: string, value: unknown) => ({
    name,
    bytes: new TextEncoder().encode(JSON.stringify(value)),
  });
  const tensors = [...randomWeights()].map(([name, { shape, values }]) => {
    const original = name
      .replace(/^blk\.(\d+)\./, 'encoder.layer.$1.')
      .replace(/\w+(?=\.(weight|bias)$)/, (module) => ORIGINAL[module]);
    return { name: original, dtype: 'F32' as const, shape, data: new Uint8Array(values.buffer) };
  });
  const numbers = {
    name: 'embeddings.position_ids',
    dtype: 'I64' as const,
    shape: [1, P],
    data: new Uint8Array(P * 8),
  };
  return [
    json('config.json', {
      model_type: 'bert',
      hidden_act: 'gelu',
      max_position_embeddings: P,
      hidden_size: D,
      num_hidden_layers: LAYERS,
      intermediate_size: F,
      num_attention_heads: H,
      layer_norm_eps: EPS,
    }),
    json('tokenizer.json', {
      model: { type: 'Unigram', unk_id: 3, vocab: PIECES.map((piece, i) => [piece, i < 4 ? 0 : -i]) },
    }),
    { name: 'model.safetensors', bytes: writeSafetensors([numbers, ...tensors]) },
  ];
}

/** The last states' mean for these ids: BERT, read off its paper. */
export function meanStateReference(ids: readonly number[]): number[] {
  const weights = randomWeights();
  const get = (name: string) => (weights.get(name) as { values: Float32Array }).values;
  const linear = (x: number[], name: string): number[] =>
    Array.from(get(`${name}.bias`), (bias, row) =>
      x.reduce((sum, value, d) => sum + value * get(`${name}.weight`)[row * x.length + d], bias),
    );
  const norm = (x: number[], name: string): number[] => {
    const mean = x.reduce((sum, value) => sum + value, 0) / D;
    const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / D;
    return x.map((value, d) => ((value - mean) / Math.sqrt(variance + EPS)) * get(`${name}.weight`)[d] + get(`${name}.bias`)[d]); // prettier-ignore
  };
  const add = (a: number[], b: number[]) => a.map((value, d) => value + b[d]);
  let x = ids.map((id, t) =>
    norm(
      Array.from({ length: D }, (_, d) => get('token_embd.weight')[id * D + d] + get('position_embd.weight')[t * D + d] + get('token_types.weight')[d]), // prettier-ignore
      'token_embd_norm',
    ),
  );
  for (let layer = 0; layer < LAYERS; layer++) {
    const at = (name: string) => `blk.${layer}.${name}`;
    const [q, k, v] = ['attn_q', 'attn_k', 'attn_v'].map((name) => x.map((row) => linear(row, at(name))));
    const attended = q.map((query) => {
      const row = new Array<number>(D).fill(0);
      for (let head = 0; head < H; head++) {
        const dims = Array.from({ length: D / H }, (_, d) => head * (D / H) + d);
        const scores = k.map((key) => dims.reduce((sum, d) => sum + query[d] * key[d], 0) / Math.sqrt(D / H));
        const peak = Math.max(...scores);
        const shares = scores.map((score) => Math.exp(score - peak));
        const total = shares.reduce((sum, share) => sum + share, 0);
        for (const d of dims) row[d] = v.reduce((sum, value, t) => sum + (shares[t] / total) * value[d], 0);
      }
      return row;
    });
    x = x.map((row, t) => norm(add(row, linear(attended[t], at('attn_output'))), at('attn_output_norm')));
    x = x.map((row) => norm(add(row, linear(linear(row, at('ffn_up')).map(geluReference), at('ffn_down'))), at('layer_output_norm'))); // prettier-ignore
  }
  return Array.from({ length: D }, (_, d) => x.reduce((sum, row) => sum + row[d], 0) / x.length);
}

/** Tokens that a text may have, begin and end included. */
export const MOST_TOKENS = P;
