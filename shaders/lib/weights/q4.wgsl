// q4: codes 0..15 mean -8..7, w = (code - 8) · scale. Needs weights/nibbles.wgsl and weights/tiles.wgsl.
const SCALE_PLANES = 1u;
const ZERO_POINT = 8.0;
