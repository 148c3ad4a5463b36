// rope_append: rotates Q and K by the angles of their cache slots, scales Q by 1/sqrt(Dh), appends K and V to the cache
// Source     Su et al. 2021, arXiv:2104.09864; only the first ROPE_DIMS dims of a head are rotated
// Shapes     qkv [T, (H+2K)·Dh] f32: Q heads, then K heads, then V heads;
//            table [S, ROPE_DIMS] f32, a row per cache slot: cosines, then sines;
//            q [T, H·Dh] f32; k, v [K][S][Dh] KvQuad, with ROW_SCALES a scale after each row
// Dispatch   ceil((H+2K)·Dh/4 / WG) × T workgroups: a lane makes four neighbouring dims; token t is at state.slot + t
// Constants  DH, ROPE_DIMS; HALF: pairs are (i, i + ROPE_DIMS/2), otherwise (2i, 2i+1); WG: lanes per workgroup
// Variants   KvQuad, pack_kv and ROW_SCALES from kv_f16 | kv_f32 | kv_i8, which src/kernels/rope.ts puts in front
// Numerics   angles come from a table: WGSL promises cos only to 2^-11, and only inside [-pi, pi]
// Reference  src/kernels/rope.reference.ts
const DH: u32 = 128u;
const ROPE_DIMS: u32 = 64u;
const HALF: bool = false;
const WG: u32 = 64u;
struct Params { num_heads: u32, num_kv_heads: u32, capacity: u32, dims: u32 } // dims: DH, unrolled if it bounded a loop
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> qkv: array<f32>;
@group(0) @binding(2) var<storage, read> table: array<f32>;
@group(0) @binding(3) var<storage, read> state: State;
@group(0) @binding(4) var<storage, read_write> q: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> k: array<KvQuad>;
@group(0) @binding(6) var<storage, read_write> v: array<KvQuad>;

// Dim d of the head that begins at qkv[head], rotated for this cache slot.
fn rotated(head: u32, d: u32, slot: u32) -> f32 {
  let x = qkv[head + d];
  if (d >= ROPE_DIMS) { return x; }
  let pairs = ROPE_DIMS / 2u;
  let pair = select(d / 2u, d % pairs, HALF);
  let is_second = select((d & 1u) == 1u, d >= pairs, HALF);
  let distance = select(1u, pairs, HALF);
  let partner = qkv[head + select(d + distance, d - distance, is_second)];
  let cosine = table[slot * ROPE_DIMS + pair];
  let sine = table[slot * ROPE_DIMS + pairs + pair];
  return x * cosine + select(-partner, partner, is_second) * sine;
}

// The largest |value| of a row. Each of its lanes goes through all of it: a few rows, and no barrier.
fn row_peak(head: u32, slot: u32, is_rotated: bool) -> f32 {
  var peak = 0.0;
  for (var d = 0u; d < params.dims; d++) {
    if (is_rotated) { peak = max(peak, abs(rotated(head, d, slot))); } else { peak = max(peak, abs(qkv[head + d])); }
  }
  return peak;
}

@compute @workgroup_size(WG)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let quads = DH / 4u;
  let head = id.x / quads;
  let num_heads = params.num_heads;
  let num_kv_heads = params.num_kv_heads;
  if (head >= num_heads + 2u * num_kv_heads) { return; }
  let t = id.y;
  let quad = id.x % quads;
  let slot = state.slot + t;
  let start = (t * (num_heads + 2u * num_kv_heads) + head) * DH;
  let d = quad * 4u;

  if (head >= num_heads + num_kv_heads) { // a V head
    if (slot >= params.capacity) { return; } // the next head's rows begin there
    let kv_head = head - num_heads - num_kv_heads;
    let values = vec4f(qkv[start + d], qkv[start + d + 1u], qkv[start + d + 2u], qkv[start + d + 3u]);
    let row = (kv_head * params.capacity + slot) * (quads + ROW_SCALES);
    var divisor = 1.0;
    if (ROW_SCALES > 0u) {
      let scale = scale_of_peak(row_peak(start, slot, false));
      divisor = select(1.0, scale, scale > 0.0);
      if (quad == 0u) { v[row + quads] = pack_scale(scale); }
    }
    v[row + quad] = pack_kv(values / divisor);
    return;
  }
  let values = vec4f(
    rotated(start, d, slot),
    rotated(start, d + 1u, slot),
    rotated(start, d + 2u, slot),
    rotated(start, d + 3u, slot),
  );
  if (head < num_heads) {
    q[(t * num_heads + head) * quads + quad] = values * inverseSqrt(f32(DH));
  } else if (slot < params.capacity) {
    let row = ((head - num_heads) * params.capacity + slot) * (quads + ROW_SCALES);
    var divisor = 1.0;
    if (ROW_SCALES > 0u) {
      let scale = scale_of_peak(row_peak(start, slot, true));
      divisor = select(1.0, scale, scale > 0.0);
      if (quad == 0u) { k[row + quads] = pack_scale(scale); }
    }
    k[row + quad] = pack_kv(values / divisor);
  }
}
