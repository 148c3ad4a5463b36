// Limits of a pass over the model: the engine runs by them, and the catalogue predicts memory and speed with them.

/** Milliseconds that a layer may take in a prefill chunk. Its longest dispatch, gate and up, is 55 % of it: under 100 ms. */
export const CHUNK_LAYER_MS = { software: 180, hardware: 100 };
/** Tokens of a prefill chunk at least: fewer take as long. */
export const MIN_CHUNK_TOKENS = 8;
/** Tokens of a prefill chunk at most. */
export const MAX_CHUNK_TOKENS = { software: 64, hardware: 256 };
/** Splits of the cache in decoding attention: enough workgroups for a large GPU, few enough to combine cheaply. */
export const MAX_ATTENTION_SPLITS = 128;
