// Codes in order, four to a word. Twin: dot4_activations.wgsl. Needs quantize.wgsl.
fn pack_codes(v: vec4i) -> u32 {
  let bytes = bitcast<vec4u>(v) & vec4u(0xffu);
  return bytes.x | (bytes.y << 8u) | (bytes.z << 16u) | (bytes.w << 24u);
}

fn store_codes(group: u32, v: Codes, stats: vec4u) {
  let to = group * 3u;
  y[to] = vec4u(pack_codes(v.a), pack_codes(v.b), pack_codes(v.c), pack_codes(v.d));
  y[to + 1u] = vec4u(pack_codes(v.e), pack_codes(v.f), pack_codes(v.g), pack_codes(v.h));
  y[to + 2u] = stats;
}
