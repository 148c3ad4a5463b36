// kv_f16: the KV cache as half floats, four values in two words; needs no f16 feature. Twin of src/kernels/kv.ts.
alias KvQuad = vec2u;
const ROW_SCALES = 0u; // the functions of scales below are for kv_i8 and never run
const F16_MAX = vec4f(65504.0); // larger values saturate: infinity would turn softmax into NaN

fn pack_kv(values: vec4f) -> KvQuad {
  let v = clamp(values, -F16_MAX, F16_MAX);
  return vec2u(pack2x16float(v.xy), pack2x16float(v.zw));
}

fn unpack_kv(quad: KvQuad) -> vec4f {
  return vec4f(unpack2x16float(quad.x), unpack2x16float(quad.y));
}

fn scale_of_peak(peak: f32) -> f32 { return 1.0; }
fn pack_scale(scale: f32) -> KvQuad { return vec2u(); }
fn unpack_scale(quad: KvQuad) -> f32 { return 1.0; }
