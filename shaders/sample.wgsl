// sample: the next token, drawn from the whole vocabulary: mask → penalties → temperature → top-k → top-p → min-p → draw;
//            with drafts in tokens[1 …], also the tokens after it, for as long as what is drawn is what was drafted
// Source     order and thresholds as in Hugging Face transformers; radix selection of the thresholds; PCG from
//            Jarzynski & Olano 2020, "Hash Functions for GPU Rendering"
// Shapes     logits [rows, V] f32, left as they are; mask [ceil(V/32)] u32, a bit per token that may be drawn;
//            seen [ceil(V/4)] u32, a byte per token: 128 when the prompt has it, plus how often it was drawn, up to 127;
//            state State; tokens [≥ rows] u32: tokens[0] = the last id; ring [R] u32: ring[counter mod R] = id
// Dispatch   1 workgroup of 256 lanes: 2 sweeps over the logits, 3 more for each of top-k and top-p; greedy 1
// Numerics   a token's depth is its distance below the peak, in steps of 2^-18; tokens closer than that to a threshold
//            count as equal to it, and equals stay. Masses are whole numbers, 2^30 in all: their sums are exact, so
//            the result does not depend on the order of the atomic additions
//            A NaN or an infinity among the logits puts NOT_FINITE_ID in the ring and ends the row
// Reference  src/kernels/sampler.reference.ts
const WG = 256u; // also the number of bins: 8 bits of depth a level
const LEVELS = 3u;
const DEPTH_STEPS = 262144.0; // per unit of scaled logit
const MAX_DEPTH = 63.9999; // e^-64 of the peak: never drawn
const MASS = 1073741824.0;
const LOWEST = -3e38;
const IN_PROMPT = 128u;

struct Settings { // twin of encodeSampler in src/kernels/sampler.ts
  temperature: f32,
  top_p: f32,
  min_p: f32,
  repetition_penalty: f32,
  frequency_penalty: f32,
  presence_penalty: f32,
  top_k: u32,
  seed: u32,
  has_mask: u32,
}
struct Params {
  num_real_tokens: u32,
  num_tokens: u32, // by which every drawn token moves the slot
  vocab_size: u32,
  num_rows: u32,
  lanes: u32, // WG again: loops bounded by a constant are unrolled, which made compilation take seconds
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> logits: array<f32>;
@group(0) @binding(2) var<storage, read> settings: Settings;
@group(0) @binding(3) var<storage, read> mask: array<u32>;
@group(0) @binding(4) var<storage, read_write> seen: array<u32>;
@group(0) @binding(5) var<storage, read_write> state: State;
@group(0) @binding(6) var<storage, read_write> tokens: array<u32>;
@group(0) @binding(7) var<storage, read_write> ring: array<u32>;

struct Peak { score: f32, id: u32, total: f32 } // total: sum of exp(score - peak's)
var<private> inverse_temperature: f32; // 1 when greedy; copies, since every score needs them
var<private> has_penalty: bool;
var<private> first_logit: u32; // of this row
var<workgroup> peaks: array<Peak, WG>;
var<workgroup> counts: array<atomic<u32>, WG>;
var<workgroup> masses: array<atomic<u32>, WG>;
// Result of the first lane's walk along the bins: a bin, and the count and mass up to its end.
struct Cut { bin: u32, count: u32, mass: u32 }
var<workgroup> cut: Cut;
var<workgroup> is_draft_right: u32;
var<workgroup> has_not_finite: atomic<u32>; // stays set: no row follows

// The logits of ids 4·quad …; the last quad may reach past V.
fn logits_of(quad: u32) -> vec4f {
  let at = first_logit + quad * 4u;
  return vec4f(logits[at], logits[at + 1u], logits[at + 2u], logits[at + 3u]);
}

fn are_finite(values: vec4f, quad: u32) -> bool {
  let is_real = quad * 4u + vec4u(0u, 1u, 2u, 3u) < vec4u(params.num_real_tokens);
  let finite = vec4<bool>(is_finite(values.x), is_finite(values.y), is_finite(values.z), is_finite(values.w));
  return all(finite | !is_real);
}

fn scores_of(quad: u32) -> vec4f { return scores_from(logits_of(quad), quad); }

// Logits after mask, penalties and temperature; padding rows become the lowest.
fn scores_from(values: vec4f, quad: u32) -> vec4f {
  var scores = values;
  if (has_penalty) { scores = penalised(scores, quad); }
  let ids = quad * 4u + vec4u(0u, 1u, 2u, 3u);
  var allowed = ids < vec4u(params.num_real_tokens);
  if (settings.has_mask != 0u) {
    allowed = allowed & ((vec4u(mask[quad / 8u] >> (quad % 8u * 4u)) & vec4u(1u, 2u, 4u, 8u)) != vec4u(0u));
  }
  return select(vec4f(LOWEST), scores * inverse_temperature, allowed);
}

fn penalised(scores: vec4f, quad: u32) -> vec4f {
  let seen_bytes = (vec4u(seen[quad]) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(255u);
  let times = vec4f(seen_bytes & vec4u(IN_PROMPT - 1u)); // drawn
  let penalty = settings.repetition_penalty;
  let repeated = select(scores * penalty, scores / penalty, scores > vec4f(0.0));
  return select(scores, repeated, seen_bytes != vec4u(0u))
    - settings.frequency_penalty * times - settings.presence_penalty * min(times, vec4f(1.0));
}

fn depths_of(distances: vec4f) -> vec4u { return vec4u(min(distances, vec4f(MAX_DEPTH)) * DEPTH_STEPS); }

// Among equal scores the lowest id is the peak.
fn merge(a: Peak, b: Peak) -> Peak {
  let b_wins = b.score > a.score || (b.score == a.score && b.id < a.id);
  let score = max(a.score, b.score);
  let total = a.total * exp(a.score - score) + b.total * exp(b.score - score);
  return Peak(score, select(a.id, b.id, b_wins), total);
}

fn num_quads() -> u32 { return (params.num_real_tokens + 3u) / 4u; }

fn find_peak(lane: u32) -> Peak {
  var peak = Peak(LOWEST, 0u, 0.0);
  for (var quad = lane; quad < num_quads(); quad += WG) {
    let values = logits_of(quad);
    if (!are_finite(values, quad)) { atomicStore(&has_not_finite, 1u); }
    let scores = scores_from(values, quad);
    let highest = max(max(scores.x, scores.y), max(scores.z, scores.w));
    if (highest > peak.score) {
      let offset = select(select(select(3u, 2u, scores.z == highest), 1u, scores.y == highest), 0u, scores.x == highest);
      peak = Peak(highest, quad * 4u + offset, peak.total * exp(peak.score - highest));
    }
    peak.total += dot(exp(scores - peak.score), vec4f(1.0));
  }
  peaks[lane] = peak;
  for (var half = params.lanes / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) { peaks[lane] = merge(peaks[lane], peaks[lane + half]); }
  }
  return workgroupUniformLoad(&peaks[0]);
}

fn masses_of(distances: vec4f, scale: f32) -> vec4u { return vec4u(exp(-distances) * scale); }

fn clear_bins(lane: u32) {
  atomicStore(&counts[lane], 0u);
  atomicStore(&masses[lane], 0u);
  workgroupBarrier();
}

fn count_token(digits: u32, weight: u32) {
  atomicAdd(&counts[digits & 255u], 1u);
  if (weight > 0u) { atomicAdd(&masses[digits & 255u], weight); }
}

// The smallest depth such that the tokens down to it number at least min_count and weigh at least min_mass: returned
// as `bin`, with their number and mass. Each sweep over the vocabulary settles 8 bits of it.
fn find_depth(lane: u32, peak: Peak, min_count: u32, min_mass: u32) -> Cut {
  var found = Cut(0u, 0u, 0u);
  for (var level = 0u; level < LEVELS; level++) {
    let shift = 8u * (LEVELS - 1u - level);
    let prefix = found.bin;
    clear_bins(lane);
    for (var quad = lane; quad < num_quads(); quad += WG) {
      let distances = peak.score - scores_of(quad);
      let digits = depths_of(distances) >> vec4u(shift);
      let inside = (digits >> vec4u(8u)) == vec4u(prefix);
      if (!any(inside)) { continue; }
      let weights = masses_of(distances, MASS / peak.total);
      if (inside.x) { count_token(digits.x, weights.x); }
      if (inside.y) { count_token(digits.y, weights.y); }
      if (inside.z) { count_token(digits.z, weights.z); }
      if (inside.w) { count_token(digits.w, weights.w); }
    }
    workgroupBarrier();
    if (lane == 0u) {
      var bin = 0u;
      var count = atomicLoad(&counts[0]);
      var mass = atomicLoad(&masses[0]);
      while (bin < WG - 1u && (found.count + count < min_count || found.mass + mass < min_mass)) {
        bin++;
        count += atomicLoad(&counts[bin]);
        mass += atomicLoad(&masses[bin]);
      }
      cut = Cut((prefix << 8u) | bin, found.count + count, found.mass + mass);
      if (level < LEVELS - 1u) { // the next level looks inside this bin: what it holds is not yet before the cut
        cut.count -= atomicLoad(&counts[bin]);
        cut.mass -= atomicLoad(&masses[bin]);
      }
    }
    found = workgroupUniformLoad(&cut);
  }
  return found;
}

// Random bits from a pair of numbers (pcg2d).
fn random_bits(seed: u32, counter: u32) -> u32 {
  var v = vec2u(seed, counter) * 1664525u + 1013904223u;
  v.x += v.y * 1664525u;
  v.y += v.x * 1664525u;
  v ^= v >> vec2u(16u);
  v.x += v.y * 1664525u;
  v.y += v.x * 1664525u;
  v ^= v >> vec2u(16u);
  return v.x;
}

// The number of mass units before the drawn one, out of `total`.
fn draw_target(total: u32) -> u32 {
  let u = f32(random_bits(settings.seed, state.counter) >> 8u) * exp2(-24.0);
  return min(u32(u * f32(total)), total - 1u);
}

// Draws among the tokens down to max_depth, which weigh `mass`: a block of the vocabulary, a quad in it, an id in that.
fn draw(lane: u32, peak: Peak, max_depth: u32, mass: u32) -> u32 {
  let block = (num_quads() + WG - 1u) / WG; // at most WG quads: V up to 262144
  let scale = MASS / peak.total * (MASS / f32(mass));
  clear_bins(lane);
  for (var quad = lane; quad < num_quads(); quad += WG) {
    let weight = sum(kept_masses(quad, peak, max_depth, scale));
    if (weight > 0u) { atomicAdd(&masses[quad / block], weight); }
  }
  workgroupBarrier();
  if (lane == 0u) {
    var total = 0u;
    for (var bin = 0u; bin < params.lanes; bin++) { total += atomicLoad(&masses[bin]); }
    cut = walk(draw_target(total));
  }
  let chosen = workgroupUniformLoad(&cut);
  let first = chosen.bin * block;
  clear_bins(lane);
  if (lane < block && first + lane < num_quads()) {
    atomicStore(&masses[lane], sum(kept_masses(first + lane, peak, max_depth, scale)));
  }
  workgroupBarrier();
  if (lane != 0u) { return 0u; }
  let found = walk(chosen.mass);
  let quad = first + found.bin;
  let weights = kept_masses(quad, peak, max_depth, scale);
  let ends = vec3u(weights.x, weights.x + weights.y, weights.x + weights.y + weights.z);
  return quad * 4u + dot(vec3u(1u), select(vec3u(0u), vec3u(1u), vec3u(found.mass) >= ends));
}

// The bin that holds the unit of mass number `goal`, and which of the bin's units that is.
fn walk(goal: u32) -> Cut {
  var left = goal;
  var bin = 0u;
  while (bin < WG - 1u && left >= atomicLoad(&masses[bin])) {
    left -= atomicLoad(&masses[bin]);
    bin++;
  }
  return Cut(bin, 0u, left);
}

fn kept_masses(quad: u32, peak: Peak, max_depth: u32, scale: f32) -> vec4u {
  let distances = peak.score - scores_of(quad);
  return select(vec4u(0u), masses_of(distances, scale), depths_of(distances) <= vec4u(max_depth));
}

fn sum(v: vec4u) -> u32 { return v.x + v.y + v.z + v.w; }

fn choose(lane: u32) -> u32 {
  let peak = find_peak(lane);
  if (settings.temperature == 0.0) { return peak.id; }
  var kept = Cut(depths_of(vec4f(MAX_DEPTH)).x, params.num_real_tokens, u32(MASS));
  if (settings.top_k > 0u && settings.top_k < params.num_real_tokens) {
    kept = find_depth(lane, peak, settings.top_k, 0u);
  }
  if (settings.top_p < 1.0) {
    kept = find_depth(lane, peak, 1u, u32(settings.top_p * f32(kept.mass)));
  }
  if (settings.min_p > 0.0) { kept.bin = min(kept.bin, depths_of(vec4f(-log(settings.min_p))).x); }
  return draw(lane, peak, kept.bin, kept.mass);
}

@compute @workgroup_size(WG)
fn main(@builtin(local_invocation_index) lane: u32) {
  inverse_temperature = select(1.0, 1.0 / settings.temperature, settings.temperature > 0.0);
  has_penalty = settings.repetition_penalty != 1.0
    || settings.frequency_penalty != 0.0 || settings.presence_penalty != 0.0;
  for (var row = 0u; row < params.num_rows; row++) {
    first_logit = row * params.vocab_size;
    let id = choose(lane);
    if (lane == 0u) {
      let is_right = atomicLoad(&has_not_finite) == 0u;
      is_draft_right = u32(is_right && row + 1u < params.num_rows && tokens[row + 1u] == id);
      tokens[0] = select(0u, id, is_right); // steps in flight still embed it
      ring[state.counter % arrayLength(&ring)] = select(NOT_FINITE_ID, id, is_right);
      let shift = id % 4u * 8u;
      if (is_right && ((seen[id / 4u] >> shift) & (IN_PROMPT - 1u)) < IN_PROMPT - 1u) {
        seen[id / 4u] += 1u << shift;
      }
      state.counter += 1u;
      state.slot += params.num_tokens;
    }
    storageBarrier(); // the next row sees what this one drew
    if (workgroupUniformLoad(&is_draft_right) == 0u) { break; }
  }
}
