// attention: grouped-query attention of T new tokens over all cached rows, in splits of the rows; causal, except that
//            rows before state.prefix_end are visible to every token
// Source     Dao 2023, arXiv:2307.08691 (tiles with online softmax) and its split-KV variant for decoding
// Shapes     q [T, H·Dh] f32, already scaled; k, v [K][S][Dh] KvQuad, with ROW_SCALES a scale after each row;
//            out: y [T, H·Dh] f32, or with PARTIAL, per row and split: Dh unnormalised values, peak, total, 2 unused
// Dispatch   row blocks × K heads × splits. The rows of a KV head are its H/K query heads of all T tokens, so that one
//            read of K and V serves every head that shares them. A split past the last position returns at once.
// Constants  DH, at most 8·LANES; HEADS: query heads per KV head; ROW_GROUPS of 4 rows; LANES per row group; PARTIAL
// Variants   KvQuad, unpack_kv and ROW_SCALES from kv_f16 | kv_f32 | kv_i8, which src/kernels/attention.ts puts in front,
//            with lib/attention_rows.wgsl
// Numerics   scores, softmax and sums in f32: K·Q of GLM overflows f16. The mask is -3e38: infinities may be optimised away
// Reference  src/kernels/attention.reference.ts
const ROW_GROUPS: u32 = 16u;
const LANES: u32 = 8u;
const KEYS_PER_LANE = 4u;
var<workgroup> weights: array<vec4f, LANES * KEYS_PER_LANE * ROW_GROUPS>; // [key][row group]: softmax weights of 4 rows
var<workgroup> lane_peaks: array<vec4f, LANES * ROW_GROUPS>;

fn write_row(
  row: u32, last_row: u32, kv_head: u32, split: u32, lane: u32, peak: f32, total: f32, a: vec4f, b: vec4f
) {
  if (row > last_row) { return; }
  let quads = DH / 4u;
  let place = place_of_row(row, kv_head, split, lane, peak, total);
  if (lane < quads) { out[place.at + lane] = a * place.scale; }
  if (lane + LANES < quads) { out[place.at + lane + LANES] = b * place.scale; }
}

@compute @workgroup_size(LANES * ROW_GROUPS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let quads = DH / 4u;
  let rows_per_block = ROW_GROUPS * 4u;
  let kv_head = group.y;
  let last_row = min((group.x + 1u) * rows_per_block, params.num_tokens * HEADS) - 1u;
  let keys_in_split = keys_of_split(group.z, last_row);
  let split_start = keys_in_split.start;
  let split_end = keys_in_split.end;
  if (split_start >= split_end) { return; }

  let lane = index % LANES;
  let row_group = index / LANES;
  let first_row = group.x * rows_per_block + row_group * 4u;
  let source = vec4u(
    query_row(first_row, kv_head),
    query_row(first_row + 1u, kv_head),
    query_row(first_row + 2u, kv_head),
    query_row(first_row + 3u, kv_head),
  ) * quads;
  let last_key = max(
    state.slot + vec4u(first_row, first_row + 1u, first_row + 2u, first_row + 3u) / HEADS,
    vec4u(max(state.prefix_end, 1u) - 1u),
  );
  let cache = kv_head * params.capacity;
  let row_quads = quads + ROW_SCALES;

  var peak = vec4f(MASKED); // of each of the 4 rows, over the keys so far
  var total = vec4f(0.0);   // sum of exp(score - peak) over this lane's keys
  var a0 = vec4f(0.0);      // weighted sums of V for the 4 rows: a of this lane's first quad of dims, b of its second
  var a1 = vec4f(0.0);
  var a2 = vec4f(0.0);
  var a3 = vec4f(0.0);
  var b0 = vec4f(0.0);
  var b1 = vec4f(0.0);
  var b2 = vec4f(0.0);
  var b3 = vec4f(0.0);

  let tile_keys = LANES * KEYS_PER_LANE;
  for (var tile = split_start; tile < split_end; tile += tile_keys) {
    // Scores of 4 rows × 4 keys: tile + lane, + LANES, …; keys past the end repeat the last and are masked below.
    let keys = tile + lane + vec4u(0u, LANES, 2u * LANES, 3u * LANES);
    let key_rows = (cache + min(keys, vec4u(split_end - 1u))) * row_quads;
    var s0 = vec4f(0.0);
    var s1 = vec4f(0.0);
    var s2 = vec4f(0.0);
    var s3 = vec4f(0.0);
    for (var d = 0u; d < params.quads; d++) {
      let rows = mat4x4f(q[source.x + d], q[source.y + d], q[source.z + d], q[source.w + d]);
      s0 += unpack_kv(k[key_rows.x + d]) * rows;
      s1 += unpack_kv(k[key_rows.y + d]) * rows;
      s2 += unpack_kv(k[key_rows.z + d]) * rows;
      s3 += unpack_kv(k[key_rows.w + d]) * rows;
    }
    if (ROW_SCALES > 0u) {
      s0 *= unpack_scale(k[key_rows.x + quads]);
      s1 *= unpack_scale(k[key_rows.y + quads]);
      s2 *= unpack_scale(k[key_rows.z + quads]);
      s3 *= unpack_scale(k[key_rows.w + quads]);
    }
    let limit = min(last_key, vec4u(split_end - 1u));
    s0 = select(s0, vec4f(MASKED), vec4u(keys.x) > limit);
    s1 = select(s1, vec4f(MASKED), vec4u(keys.y) > limit);
    s2 = select(s2, vec4f(MASKED), vec4u(keys.z) > limit);
    s3 = select(s3, vec4f(MASKED), vec4u(keys.w) > limit);

    lane_peaks[index] = max(max(s0, s1), max(s2, s3));
    workgroupBarrier();
    var new_peak = peak;
    for (var i = 0u; i < params.lanes; i++) { new_peak = max(new_peak, lane_peaks[row_group * LANES + i]); }
    s0 = exp(s0 - new_peak);
    s1 = exp(s1 - new_peak);
    s2 = exp(s2 - new_peak);
    s3 = exp(s3 - new_peak);
    let shrink = exp(peak - new_peak);
    peak = new_peak;
    total = total * shrink + s0 + s1 + s2 + s3;
    if (ROW_SCALES > 0u) { // of V: with the weights, so that each is read once
      s0 *= unpack_scale(v[key_rows.x + quads]);
      s1 *= unpack_scale(v[key_rows.y + quads]);
      s2 *= unpack_scale(v[key_rows.z + quads]);
      s3 *= unpack_scale(v[key_rows.w + quads]);
    }
    weights[lane * ROW_GROUPS + row_group] = s0;
    weights[(lane + LANES) * ROW_GROUPS + row_group] = s1;
    weights[(lane + 2u * LANES) * ROW_GROUPS + row_group] = s2;
    weights[(lane + 3u * LANES) * ROW_GROUPS + row_group] = s3;
    workgroupBarrier();

    a0 *= shrink.x;
    a1 *= shrink.y;
    a2 *= shrink.z;
    a3 *= shrink.w;
    b0 *= shrink.x;
    b1 *= shrink.y;
    b2 *= shrink.z;
    b3 *= shrink.w;
    let count = min(tile_keys, split_end - tile);
    for (var i = 0u; i < count; i++) {
      let w = weights[i * ROW_GROUPS + row_group];
      let value = (cache + tile + i) * row_quads + lane;
      let a = unpack_kv(v[value]);
      a0 += a * w.x;
      a1 += a * w.y;
      a2 += a * w.z;
      a3 += a * w.w;
      if (quads > LANES) {
        let b = unpack_kv(v[value + LANES]);
        b0 += b * w.x;
        b1 += b * w.y;
        b2 += b * w.z;
        b3 += b * w.w;
      }
    }
  }

  lane_peaks[index] = total; // every lane is past its last read of the peaks: the barrier before the weights
  workgroupBarrier();
  total = vec4f(0.0);
  for (var i = 0u; i < params.lanes; i++) { total += lane_peaks[row_group * LANES + i]; }

  write_row(first_row, last_row, kv_head, group.z, lane, peak.x, total.x, a0, b0);
  write_row(first_row + 1u, last_row, kv_head, group.z, lane, peak.y, total.y, a1, b1);
  write_row(first_row + 2u, last_row, kv_head, group.z, lane, peak.z, total.z, a2, b2);
  write_row(first_row + 3u, last_row, kv_head, group.z, lane, peak.w, total.w, a3, b3);
}
