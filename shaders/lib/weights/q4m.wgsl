// q4m: codes 0..15, w = code · scale + min. Needs weights/nibbles.wgsl and weights/tiles.wgsl.
const SCALE_PLANES = 2u;
const ZERO_POINT = 0.0;
