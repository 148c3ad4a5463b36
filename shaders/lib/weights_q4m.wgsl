// q4m: codes 0..15, w = code · scale + min. Needs weights_nibbles.wgsl and weights_tiles.wgsl.
const SCALE_PLANES = 2u;
const ZERO_POINT = 0.0;
