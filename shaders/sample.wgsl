// sample: the next token, drawn from the whole vocabulary: penalty → temperature → top-k → top-p → min-p → draw
// Source     order and thresholds as in Hugging Face transformers; radix selection of the thresholds; PCG from
//            Jarzynski & Olano 2020, "Hash Functions for GPU Rendering"
// Shapes     logits [V] f32, left as they are; seen [ceil(V/32)] u32, a bit per token of the context; state State;
//            tokens [≥ 1] u32: tokens[0] = id; ring [R] u32: ring[counter mod R] = id
// Dispatch   1 workgroup of 256 lanes
// Numerics   a token's depth is its distance below the peak, in steps of 2^-18; tokens closer than that to a threshold
//            count as equal to it, and equals stay. Masses are whole numbers, 2^30 in all: their sums are exact, so
//            the result does not depend on the order of the atomic additions
// Reference  src/kernels/sampler.reference.ts
const WG = 256u; // also the number of bins: 8 bits of depth a level
const LEVELS = 3u;
const DEPTH_STEPS = 262144.0; // per unit of scaled logit
const MAX_DEPTH = 63.9999; // e^-64 of the peak: never drawn
const MASS = 1073741824.0;
const LOWEST = -3e38;

struct Settings { // twin of encodeSampler in src/kernels/sampler.ts
  temperature: f32,
  top_p: f32,
  min_p: f32,
  repetition_penalty: f32,
  top_k: u32,
  seed: u32,
}
struct Params { num_real_tokens: u32, num_tokens: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> logits: array<f32>;
@group(0) @binding(2) var<storage, read> settings: Settings;
@group(0) @binding(3) var<storage, read_write> seen: array<u32>;
@group(0) @binding(4) var<storage, read_write> state: State;
@group(0) @binding(5) var<storage, read_write> tokens: array<u32>;
@group(0) @binding(6) var<storage, read_write> ring: array<u32>;

struct Peak { score: f32, id: u32, total: f32 } // total: sum of exp(score - peak's)
var<private> inverse_temperature: f32; // 1 when greedy; copies, since every score needs them
var<private> repetition_penalty: f32;
var<workgroup> peaks: array<Peak, WG>;
var<workgroup> counts: array<atomic<u32>, WG>;
var<workgroup> masses: array<atomic<u32>, WG>;
// What the first lane found by walking along the bins: which bin, and what lies up to its end.
struct Cut { bin: u32, count: u32, mass: u32 }
var<workgroup> cut: Cut;

// The logit after penalty and temperature.
fn score_of(id: u32) -> f32 {
  var logit = logits[id];
  if (repetition_penalty != 1.0 && ((seen[id / 32u] >> (id % 32u)) & 1u) == 1u) {
    logit = select(logit * repetition_penalty, logit / repetition_penalty, logit > 0.0);
  }
  return logit * inverse_temperature;
}

fn depth_of(distance: f32) -> u32 { return u32(min(distance, MAX_DEPTH) * DEPTH_STEPS); }

// Of equal scores the lowest id is the peak.
fn merge(a: Peak, b: Peak) -> Peak {
  let b_wins = b.score > a.score || (b.score == a.score && b.id < a.id);
  let score = max(a.score, b.score);
  let total = a.total * exp(a.score - score) + b.total * exp(b.score - score);
  return Peak(score, select(a.id, b.id, b_wins), total);
}

fn find_peak(lane: u32) -> Peak {
  var peak = Peak(LOWEST, 0u, 0.0);
  for (var id = lane; id < params.num_real_tokens; id += WG) {
    let score = score_of(id);
    if (score > peak.score) {
      peak = Peak(score, id, peak.total * exp(peak.score - score) + 1.0);
    } else {
      peak.total += exp(score - peak.score);
    }
  }
  peaks[lane] = peak;
  for (var half = WG / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) { peaks[lane] = merge(peaks[lane], peaks[lane + half]); }
  }
  return workgroupUniformLoad(&peaks[0]);
}

fn clear_bins(lane: u32) {
  atomicStore(&counts[lane], 0u);
  atomicStore(&masses[lane], 0u);
  workgroupBarrier();
}

// The smallest depth such that the tokens down to it number at least min_count and weigh at least min_mass.
// Returns it in `bin`, with their number and mass; 8 bits are settled by each sweep over the vocabulary.
fn find_depth(lane: u32, peak: Peak, min_count: u32, min_mass: u32) -> Cut {
  var found = Cut(0u, 0u, 0u);
  for (var level = 0u; level < LEVELS; level++) {
    let shift = 8u * (LEVELS - 1u - level);
    let prefix = found.bin;
    clear_bins(lane);
    for (var id = lane; id < params.num_real_tokens; id += WG) {
      let distance = peak.score - score_of(id);
      let digits = depth_of(distance) >> shift;
      if ((digits >> 8u) == prefix) {
        atomicAdd(&counts[digits & 255u], 1u);
        atomicAdd(&masses[digits & 255u], u32(exp(-distance) * (MASS / peak.total)));
      }
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

// Draws among the tokens down to max_depth, which weigh `mass`: first a block of the vocabulary, then an id in it.
fn draw(lane: u32, peak: Peak, max_depth: u32, mass: u32) -> u32 {
  let n = params.num_real_tokens;
  let block = (n + WG - 1u) / WG;
  let scale = MASS / peak.total * (MASS / f32(mass));
  clear_bins(lane);
  for (var id = lane; id < n; id += WG) {
    let distance = peak.score - score_of(id);
    if (depth_of(distance) <= max_depth) { atomicAdd(&masses[id / block], u32(exp(-distance) * scale)); }
  }
  workgroupBarrier();
  if (lane == 0u) {
    var total = 0u;
    for (var bin = 0u; bin < WG; bin++) { total += atomicLoad(&masses[bin]); }
    let goal = draw_target(total);
    var bin = 0u;
    var before = 0u;
    while (before + atomicLoad(&masses[bin]) <= goal) {
      before += atomicLoad(&masses[bin]);
      bin++;
    }
    cut = Cut(bin, 0u, goal - before);
  }
  let chosen = workgroupUniformLoad(&cut);
  let first = chosen.bin * block;
  clear_bins(lane);
  // one bin per id when the block is small enough: V up to 65536; else a few ids
  let per_bin = (block + WG - 1u) / WG;
  for (var i = lane; i < block && first + i < n; i += WG) {
    let distance = peak.score - score_of(first + i);
    if (depth_of(distance) <= max_depth) { atomicAdd(&masses[i / per_bin], u32(exp(-distance) * scale)); }
  }
  workgroupBarrier();
  var id = peak.id;
  if (lane == 0u) {
    var left = chosen.mass;
    var bin = 0u;
    while (bin < WG - 1u && left >= atomicLoad(&masses[bin])) {
      left -= atomicLoad(&masses[bin]);
      bin++;
    }
    for (var i = 0u; i < per_bin; i++) {
      let candidate = min(first + bin * per_bin + i, n - 1u);
      let distance = peak.score - score_of(candidate);
      if (depth_of(distance) > max_depth) { continue; }
      let weight = u32(exp(-distance) * scale);
      if (weight > 0u) { id = candidate; }
      if (left < weight) { break; }
      left -= weight;
    }
  }
  return id;
}

@compute @workgroup_size(WG)
fn main(@builtin(local_invocation_index) lane: u32) {
  inverse_temperature = select(1.0, 1.0 / settings.temperature, settings.temperature > 0.0);
  repetition_penalty = settings.repetition_penalty;
  let peak = find_peak(lane);
  var id = peak.id;
  if (settings.temperature > 0.0) {
    var kept = Cut(depth_of(MAX_DEPTH), params.num_real_tokens, u32(MASS));
    if (settings.top_k > 0u && settings.top_k < params.num_real_tokens) {
      kept = find_depth(lane, peak, settings.top_k, 0u);
    }
    if (settings.top_p < 1.0) {
      kept = find_depth(lane, peak, 1u, u32(settings.top_p * f32(kept.mass)));
    }
    if (settings.min_p > 0.0) { kept.bin = min(kept.bin, depth_of(-log(settings.min_p))); }
    id = draw(lane, peak, kept.bin, kept.mass);
  }
  if (lane == 0u) {
    tokens[0] = id;
    ring[state.counter % arrayLength(&ring)] = id;
    seen[id / 32u] |= 1u << (id % 32u);
    state.counter += 1u;
    state.position += params.num_tokens;
  }
}
