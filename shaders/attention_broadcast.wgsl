// attention_broadcast: attention.wgsl for adapters on which a load costs as much as many multiplications, such as those that
//            run on a CPU; shapes, params, splits and results are the same
// Source     as attention.wgsl; the broadcasts as in matmul_broadcast.wgsl
// Dispatch   blocks of 8 rows × K heads × splits, each a workgroup of one subgroup: no workgroup memory, no barriers
// Constants  DH, at most 128; HEADS: query heads per KV head; PARTIAL
// Variants   as attention.wgsl, with lib/attention_rows.wgsl; `enable subgroups` comes first, from src/kernels/attention.ts
// Numerics   scores, softmax and sums in f32: K·Q of GLM overflows f16. The mask is -3e38: infinities may be optimised away
// Reference  src/kernels/attention.reference.ts
//
// Scores: a lane owns four keys of a tile of 32 and keeps a quad of each in registers, lane r loads the query of row r,
// and all take it from there. Sums: a lane owns every eighth quad of dims, and takes the weights from the keys' lanes.
const LANES = 8u; // of a subgroup, and rows of a block
const SLOTS = 4u; // keys of a lane in a tile

/// A number for each of the 8 rows.
struct OfRows { low: vec4f, high: vec4f }
/// Four dims of the weighted sum of V, for each of the 8 rows.
struct Sums { r0: vec4f, r1: vec4f, r2: vec4f, r3: vec4f, r4: vec4f, r5: vec4f, r6: vec4f, r7: vec4f }

/// Lane r's number belongs to row r.
fn of_lanes(x: f32) -> OfRows {
  return OfRows(
    vec4f(subgroupBroadcast(x, 0u), subgroupBroadcast(x, 1u), subgroupBroadcast(x, 2u), subgroupBroadcast(x, 3u)),
    vec4f(subgroupBroadcast(x, 4u), subgroupBroadcast(x, 5u), subgroupBroadcast(x, 6u), subgroupBroadcast(x, 7u)),
  );
}

fn add_product(sum: OfRows, a: f32, b: OfRows) -> OfRows { return OfRows(sum.low + a * b.low, sum.high + a * b.high); }

fn add_quad(sum: OfRows, key: vec4f, x: OfRows, y: OfRows, z: OfRows, w: OfRows) -> OfRows {
  return add_product(add_product(add_product(add_product(sum, key.x, x), key.y, y), key.z, z), key.w, w);
}

fn scaled(a: OfRows, factor: f32) -> OfRows { return OfRows(a.low * factor, a.high * factor); }

fn masked(score: OfRows, key: u32, low_limit: vec4u, high_limit: vec4u) -> OfRows {
  return OfRows(
    select(score.low, vec4f(MASKED), vec4u(key) > low_limit),
    select(score.high, vec4f(MASKED), vec4u(key) > high_limit),
  );
}

fn exp_from(score: OfRows, peak: OfRows) -> OfRows { return OfRows(exp(score.low - peak.low), exp(score.high - peak.high)); }

fn highest(a: OfRows, b: OfRows) -> OfRows { return OfRows(max(a.low, b.low), max(a.high, b.high)); }

fn rescaled(s: Sums, by: OfRows) -> Sums {
  return Sums(
    s.r0 * by.low.x, s.r1 * by.low.y, s.r2 * by.low.z, s.r3 * by.low.w,
    s.r4 * by.high.x, s.r5 * by.high.y, s.r6 * by.high.z, s.r7 * by.high.w,
  );
}

fn add_value(s: Sums, value: vec4f, w: OfRows) -> Sums {
  return Sums(
    s.r0 + value * w.low.x, s.r1 + value * w.low.y, s.r2 + value * w.low.z, s.r3 + value * w.low.w,
    s.r4 + value * w.high.x, s.r5 + value * w.high.y, s.r6 + value * w.high.z, s.r7 + value * w.high.w,
  );
}

/// Quads lane, lane + 8, lane + 16 and lane + 24 of the dims.
var<private> sums: array<Sums, 4>;

/// V of a key, whose row begins at `at`; a lane without a quad there repeats the last.
fn add_key(at: u32, lane: u32, w: OfRows) {
  let last = params.quads - 1u;
  sums[0] = add_value(sums[0], unpack_kv(v[at + min(lane, last)]), w);
  if (DH > 32u) { sums[1] = add_value(sums[1], unpack_kv(v[at + min(lane + 8u, last)]), w); }
  if (DH > 64u) { sums[2] = add_value(sums[2], unpack_kv(v[at + min(lane + 16u, last)]), w); }
  if (DH > 96u) { sums[3] = add_value(sums[3], unpack_kv(v[at + min(lane + 24u, last)]), w); }
}

fn picked(a: OfRows, row: u32) -> f32 { return select(a.low, a.high, row >= 4u)[row % 4u]; }

fn picked_sum(s: Sums, row: u32) -> vec4f {
  let even = select(select(s.r0, s.r2, row >= 2u), select(s.r4, s.r6, row >= 6u), row >= 4u);
  let odd = select(select(s.r1, s.r3, row >= 2u), select(s.r5, s.r7, row >= 6u), row >= 4u);
  return select(even, odd, (row & 1u) == 1u);
}

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  let kv_head = group.y;
  let first_row = group.x * LANES;
  let last_row = min(first_row + LANES, params.num_tokens * HEADS) - 1u;
  let keys_in_split = keys_of_split(group.z, last_row);
  let split_start = keys_in_split.start;
  let split_end = keys_in_split.end;
  if (split_start >= split_end) { return; }

  let quads = params.quads;
  let source = query_row(first_row + lane, kv_head) * quads;
  let end = vec4u(split_end - 1u);
  let prefix = vec4u(max(state.prefix_end, 1u) - 1u);
  let low_limit = min(max(state.slot + (vec4u(first_row) + vec4u(0u, 1u, 2u, 3u)) / HEADS, prefix), end);
  let high_limit = min(max(state.slot + (vec4u(first_row) + vec4u(4u, 5u, 6u, 7u)) / HEADS, prefix), end);
  let cache = kv_head * params.capacity;
  let row_quads = quads + ROW_SCALES;
  var peak = OfRows(vec4f(MASKED), vec4f(MASKED)); // over the keys so far
  var total = OfRows(); // sum of exp(score - peak) over this lane's keys

  for (var tile = split_start; tile < split_end; tile += LANES * SLOTS) {
    // Keys past the end repeat the last and are masked below.
    let keys = tile + lane + vec4u(0u, LANES, 2u * LANES, 3u * LANES);
    let rows = (cache + min(keys, end)) * row_quads;
    var s0 = OfRows();
    var s1 = OfRows();
    var s2 = OfRows();
    var s3 = OfRows();
    for (var d = 0u; d < quads; d++) {
      let query = q[source + d];
      let x = of_lanes(query.x);
      let y = of_lanes(query.y);
      let z = of_lanes(query.z);
      let w = of_lanes(query.w);
      s0 = add_quad(s0, unpack_kv(k[rows.x + d]), x, y, z, w);
      s1 = add_quad(s1, unpack_kv(k[rows.y + d]), x, y, z, w);
      s2 = add_quad(s2, unpack_kv(k[rows.z + d]), x, y, z, w);
      s3 = add_quad(s3, unpack_kv(k[rows.w + d]), x, y, z, w);
    }
    if (ROW_SCALES > 0u) {
      s0 = scaled(s0, unpack_scale(k[rows.x + quads]));
      s1 = scaled(s1, unpack_scale(k[rows.y + quads]));
      s2 = scaled(s2, unpack_scale(k[rows.z + quads]));
      s3 = scaled(s3, unpack_scale(k[rows.w + quads]));
    }
    s0 = masked(s0, keys.x, low_limit, high_limit);
    s1 = masked(s1, keys.y, low_limit, high_limit);
    s2 = masked(s2, keys.z, low_limit, high_limit);
    s3 = masked(s3, keys.w, low_limit, high_limit);
    let lane_peak = highest(highest(s0, s1), highest(s2, s3));
    let new_peak = highest(peak, OfRows(subgroupMax(lane_peak.low), subgroupMax(lane_peak.high)));
    let shrink = exp_from(peak, new_peak);
    peak = new_peak;
    s0 = exp_from(s0, peak);
    s1 = exp_from(s1, peak);
    s2 = exp_from(s2, peak);
    s3 = exp_from(s3, peak);
    total = OfRows(
      total.low * shrink.low + ((s0.low + s1.low) + (s2.low + s3.low)),
      total.high * shrink.high + ((s0.high + s1.high) + (s2.high + s3.high)),
    );
    if (ROW_SCALES > 0u) { // of V: with the weights, so that each is read once
      s0 = scaled(s0, unpack_scale(v[rows.x + quads]));
      s1 = scaled(s1, unpack_scale(v[rows.y + quads]));
      s2 = scaled(s2, unpack_scale(v[rows.z + quads]));
      s3 = scaled(s3, unpack_scale(v[rows.w + quads]));
    }
    sums[0] = rescaled(sums[0], shrink);
    sums[1] = rescaled(sums[1], shrink);
    sums[2] = rescaled(sums[2], shrink);
    sums[3] = rescaled(sums[3], shrink);
    for (var slot = 0u; slot < params.slots; slot++) {
      let first_key = tile + slot * LANES;
      if (first_key >= split_end) { break; }
      let mine = OfRows(
        select(select(s0.low, s1.low, slot == 1u), select(s2.low, s3.low, slot == 3u), slot >= 2u),
        select(select(s0.high, s1.high, slot == 1u), select(s2.high, s3.high, slot == 3u), slot >= 2u),
      );
      let count = min(params.lanes, split_end - first_key);
      for (var i = 0u; i < count; i++) {
        let of_key = OfRows(subgroupShuffle(mine.low, i), subgroupShuffle(mine.high, i));
        add_key((cache + first_key + i) * row_quads, lane, of_key);
      }
    }
  }

  total = OfRows(subgroupAdd(total.low), subgroupAdd(total.high));
  for (var i = 0u; i <= last_row - first_row; i++) {
    let place = place_of_row(first_row + i, kv_head, group.z, lane, picked(peak, i), picked(total, i));
    if (lane < quads) { out[place.at + lane] = place.scale * picked_sum(sums[0], i); }
    if (lane + 8u < quads) { out[place.at + lane + 8u] = place.scale * picked_sum(sums[1], i); }
    if (lane + 16u < quads) { out[place.at + lane + 16u] = place.scale * picked_sum(sums[2], i); }
    if (lane + 24u < quads) { out[place.at + lane + 24u] = place.scale * picked_sum(sums[3], i); }
  }
}
