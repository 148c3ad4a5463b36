// kv_i8: the KV cache as signed bytes, four to a word; each row of a head ends in its scale, an f32: x = code · scale.
// Half the memory of kv_f16. Twin of src/kernels/kv.ts.
alias KvQuad = u32;
const ROW_SCALES = 1u;
const MAX_CODE = 127.0;

/// Takes values divided by the scale of their row.
fn pack_kv(values: vec4f) -> KvQuad {
  let codes = vec4u(vec4i(round(clamp(values, vec4f(-MAX_CODE), vec4f(MAX_CODE))))) & vec4u(0xffu);
  return codes.x | (codes.y << 8u) | (codes.z << 16u) | (codes.w << 24u);
}

fn unpack_kv(quad: KvQuad) -> vec4f {
  return vec4f(bitcast<vec4i>(vec4u(quad << 24u, quad << 16u, quad << 8u, quad)) >> vec4u(24u));
}

fn scale_of_peak(peak: f32) -> f32 { return peak / MAX_CODE; }
fn pack_scale(scale: f32) -> KvQuad { return bitcast<u32>(scale); }
fn unpack_scale(quad: KvQuad) -> f32 { return bitcast<f32>(quad); }
