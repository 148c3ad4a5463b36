// A group of 32 values as int8: code = round(value / scale), scale = peak / 127. Stored into `y`, an array<vec4u>, in the
// layout of quantize_dot4.wgsl. Needs groups.wgsl. Reference: src/kernels/quantize.reference.ts
struct Codes { a: vec4i, b: vec4i, c: vec4i, d: vec4i, e: vec4i, f: vec4i, g: vec4i, h: vec4i }
const SMALLEST_PEAK = 1e-30; // below it 127 / peak might overflow; the group reads as zero

fn store_quantized(group: u32, v: Group) {
  let peaks = max(
    max(max(abs(v.a), abs(v.b)), max(abs(v.c), abs(v.d))),
    max(max(abs(v.e), abs(v.f)), max(abs(v.g), abs(v.h))),
  );
  let peak = max(max(peaks.x, peaks.y), max(peaks.z, peaks.w));
  let inverse = select(0.0, 127.0 / peak, peak > SMALLEST_PEAK);
  let codes = Codes(
    vec4i(round(v.a * inverse)), vec4i(round(v.b * inverse)), vec4i(round(v.c * inverse)),
    vec4i(round(v.d * inverse)), vec4i(round(v.e * inverse)), vec4i(round(v.f * inverse)),
    vec4i(round(v.g * inverse)), vec4i(round(v.h * inverse)),
  );
  let sums = ((codes.a + codes.b) + (codes.c + codes.d)) + ((codes.e + codes.f) + (codes.g + codes.h));
  let sum = (sums.x + sums.y) + (sums.z + sums.w);
  store_codes(group, codes, vec4u(bitcast<u32>(peak / 127.0), bitcast<u32>(sum), 0u, 0u));
}
