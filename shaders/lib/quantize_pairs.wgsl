// Codes as pairs. Twin: pairs_activations.wgsl, which says which. Needs quantize.wgsl.
fn pair(first: vec4i, second: vec4i) -> vec4u { return bitcast<vec4u>(first * 65536 + second); }

fn store_codes(group: u32, v: Codes, stats: vec4u) {
  let to = group * 5u;
  y[to] = pair(vec4i(v.a.x, v.c.x, v.e.x, v.g.x), vec4i(v.a.z, v.c.z, v.e.z, v.g.z));
  y[to + 1u] = pair(vec4i(v.b.x, v.d.x, v.f.x, v.h.x), vec4i(v.b.z, v.d.z, v.f.z, v.h.z));
  y[to + 2u] = pair(vec4i(v.a.y, v.c.y, v.e.y, v.g.y), vec4i(v.a.w, v.c.w, v.e.w, v.g.w));
  y[to + 3u] = pair(vec4i(v.b.y, v.d.y, v.f.y, v.h.y), vec4i(v.b.w, v.d.w, v.f.w, v.h.w));
  y[to + 4u] = stats;
}
