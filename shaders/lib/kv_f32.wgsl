// kv_f32: the KV cache as floats: exact, twice the memory of kv_f16. Twin of src/kernels/kv.ts.
alias KvQuad = vec4f;
const ROW_SCALES = 0u; // the functions of scales below are for kv_i8 and never run

fn pack_kv(values: vec4f) -> KvQuad { return values; }

fn unpack_kv(quad: KvQuad) -> vec4f { return quad; }

fn scale_of_peak(peak: f32) -> f32 { return 1.0; }
fn pack_scale(scale: f32) -> KvQuad { return vec4f(); }
fn unpack_scale(quad: KvQuad) -> f32 { return 1.0; }
