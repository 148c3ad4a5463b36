// What both attention kernels share: params and bindings, which query a row is, and where its sums go. Needs kv_*.wgsl and
// state.wgsl. Joined by src/kernels/attention.ts.
const DH: u32 = 128u;
const HEADS: u32 = 16u; // query heads per KV head
const PARTIAL: bool = false;
const MASKED = -3e38;
struct Params {
  num_tokens: u32,
  num_heads: u32,
  capacity: u32,
  split_length: u32,
  num_splits: u32,
  quads: u32, // DH / 4, LANES and SLOTS again: a loop bounded by a constant is unrolled, which made compilation take seconds
  lanes: u32,
  slots: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> q: array<vec4f>;
@group(0) @binding(2) var<storage, read> k: array<KvQuad>;
@group(0) @binding(3) var<storage, read> v: array<KvQuad>;
@group(0) @binding(4) var<storage, read> state: State;
@group(0) @binding(5) var<storage, read_write> out: array<vec4f>;

/// Row r of a KV head is query head r % HEADS of token r / HEADS; rows past the last token repeat the last row.
fn query_row(row: u32, kv_head: u32) -> u32 {
  let r = min(row, params.num_tokens * HEADS - 1u);
  return r / HEADS * params.num_heads + kv_head * HEADS + r % HEADS;
}

/// The cache rows [start, end) of a split that the tokens of a block see, whose last row is last_row; empty past them.
struct Keys { start: u32, end: u32 }

fn keys_of_split(split: u32, last_row: u32) -> Keys {
  let start = split * params.split_length;
  let visible = last_visible(state.slot, state.prefix_end, last_row / HEADS) + 1u;
  return Keys(start, min(min(start + params.split_length, visible), params.capacity));
}

/// Where the dims of a row's sums go, and their factor.
struct Place { at: u32, scale: f32 }

/// The finished row in y; or with PARTIAL that of a split, unscaled, with its peak and total behind, stored by one lane.
fn place_of_row(row: u32, kv_head: u32, split: u32, lane: u32, peak: f32, total: f32) -> Place {
  let quads = DH / 4u;
  if (!PARTIAL) { return Place(query_row(row, kv_head) * quads, 1.0 / total); }
  let at = (query_row(row, kv_head) * params.num_splits + split) * (quads + 1u);
  if (lane == 0u) { out[at + quads] = vec4f(peak, total, 0.0, 0.0); }
  return Place(at, 1.0);
}
