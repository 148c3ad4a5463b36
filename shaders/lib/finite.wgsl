// finite: NaN and infinity in logits, told by their exponent bits: compilers may assume that arithmetic meets neither.
const NOT_FINITE_ID = 0xffffffffu; // in the ring in place of an id; twin of src/kernels/state.ts

fn is_finite(x: f32) -> bool { return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u; }
