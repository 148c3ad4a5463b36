// Limits of a forward pass: the engine uses them, and the catalogue predicts memory and speed with them.

/** Time limit per layer in a prefill chunk, ms. The longest dispatch, gate and up, takes 55 % of it: under 100 ms. */
export const CHUNK_LAYER_MS = { software: 180, hardware: 100 };
/** Minimum tokens of a prefill chunk: fewer take as long. */
export const MIN_CHUNK_TOKENS = 8;
/** Maximum tokens of a prefill chunk. */
export const MAX_CHUNK_TOKENS = { software: 64, hardware: 256 };
/** Rows of a picture in a prompt, unless a setting says otherwise: about 1036 × 756 pixels. */
export const DEFAULT_PICTURE_TOKENS = 1024;
/** Splits of the KV cache in decode attention: enough workgroups for a large GPU, few enough to combine cheaply. */
export const MAX_ATTENTION_SPLITS = 128;
