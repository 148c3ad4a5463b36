// q4: codes 0..15 mean -8..7, w = (code - 8) · scale. Needs weights_nibbles.wgsl and weights_tiles.wgsl.
const SCALE_PLANES = 1u;
const ZERO_POINT = 8.0;
