// kv_f32: the KV cache as floats: exact, twice the memory of kv_f16. Twin of src/kernels/kv.ts.
alias KvQuad = vec4f;

fn pack_kv(values: vec4f) -> KvQuad { return values; }

fn unpack_kv(quad: KvQuad) -> vec4f { return quad; }
