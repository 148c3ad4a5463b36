// q8m: w = code · scale + min, codes -128..127. Needs weights/bytes.wgsl and weights/tiles.wgsl.
const SCALE_PLANES = 2u;
const ZERO_POINT = 0.0;
