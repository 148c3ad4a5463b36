// The output of attention_combine in int8 groups, DH a multiple of 32. Needs activations/quantize*.wgsl.
@group(0) @binding(3) var<storage, read_write> y: array<vec4u>;
var<workgroup> dims: array<vec4f, DH / 4u>;

/// Four dims of a row, those of one lane; all lanes of the workgroup call it.
fn store_dims(row: u32, lane: u32, values: vec4f) {
  dims[lane] = values;
  workgroupBarrier();
  if (lane % GROUP_VEC4S != 0u) { return; }
  store_quantized((row * (DH / 4u) + lane) / GROUP_VEC4S, Group(
    dims[lane], dims[lane + 1u], dims[lane + 2u], dims[lane + 3u],
    dims[lane + 4u], dims[lane + 5u], dims[lane + 6u], dims[lane + 7u],
  ));
}
