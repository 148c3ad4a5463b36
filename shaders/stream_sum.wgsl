// stream_sum: sums[i] = Σ over blocks i, i + STRIDE, … of their four words, modulo 2^32
// Shapes     blocks [N] vec4<u32>; sums [STRIDE] u32
// Dispatch   STRIDE / WG workgroups: a grid-stride loop, neighbouring lanes read neighbouring blocks
// Constants  WG: lanes per workgroup
// Purpose    measures the device's read bandwidth for benchmarks
// Reference  src/kernels/streamSum.reference.ts
const WG: u32 = 256u;
struct Params { numBlocks: u32, stride: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> blocks: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read_write> sums: array<u32>;

@compute @workgroup_size(WG)
fn main(@builtin(global_invocation_id) id: vec3u) {
  var sum = vec4u(0u);
  for (var i = id.x; i < params.numBlocks; i += params.stride) {
    sum += blocks[i];
  }
  sums[id.x] = sum.x + sum.y + sum.z + sum.w;
}
