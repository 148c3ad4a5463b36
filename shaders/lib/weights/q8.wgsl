// q8: w = code · scale, codes -128..127. Needs weights/bytes.wgsl and weights/tiles.wgsl.
const SCALE_PLANES = 1u;
const ZERO_POINT = 0.0;
