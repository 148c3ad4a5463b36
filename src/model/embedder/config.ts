// The header of an embedding model: BERT's encoder with a mean over its last states (multilingual-e5-small).
import { AppError } from '../../shared/errors';
import type { Metadata } from '../../weights/types';
import type { TensorShapes } from '../boundModel';

export interface EmbedderConfig {
  name: string;
  numLayers: number;
  hiddenSize: number;
  numHeads: number;
  headDim: number;
  ffnSize: number;
  vocabSize: number;
  /** Learned positions: tokens of a text, at most. */
  maxTokens: number;
  /** Rows of the table of segments; every token takes the first. */
  numTypes: number;
  normEps: number;
}

/** llama.cpp's llama_pooling_type. */
const MEAN_POOLING = 1;

function bad(key: string, why: string): AppError {
  const message = `The file's ${key} cannot be used: ${why}. Choose another conversion.`;
  return new AppError('bad-metadata', message, { key, why });
}

/** @throws AppError bad-metadata, missing-tensor */
export function readEmbedderConfig(metadata: Metadata, tensors: TensorShapes): EmbedderConfig {
  const count = (name: string): number => {
    const value = metadata[`bert.${name}`];
    if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value;
    throw bad(`bert.${name}`, value === undefined ? 'it is missing' : `it is ${String(value)}`);
  };
  const rowsOf = (name: string): number => {
    const shape = tensors.get(name)?.shape;
    if (shape?.length === 2) return shape[0];
    throw new AppError('missing-tensor', `The file has no matrix ${name}.`, { tensor: name });
  };
  const hiddenSize = count('embedding_length');
  const numHeads = count('attention.head_count');
  const headDim = hiddenSize / numHeads;
  const eps = metadata['bert.attention.layer_norm_epsilon'];
  if (typeof eps !== 'number' || !(eps > 0)) throw bad('bert.attention.layer_norm_epsilon', 'it is missing');
  const pooling = metadata['bert.pooling_type'];
  if (pooling !== undefined && pooling !== MEAN_POOLING)
    throw bad('bert.pooling_type', `it is ${String(pooling)}, this engine takes the mean (${MEAN_POOLING})`);
  if (metadata['bert.attention.causal'] === true)
    throw bad('bert.attention.causal', 'it is true, and an encoder sees its whole text');
  // Rows of 64 values begin where WebGPU can bind them, and pairs of rows of a head.
  if (hiddenSize % 64 !== 0 || headDim % 32 !== 0 || headDim > 128)
    throw bad('bert.attention.head_count', `${numHeads} heads of ${hiddenSize} values`);
  return {
    name: typeof metadata['general.name'] === 'string' ? metadata['general.name'].slice(0, 200) : 'embedder',
    numLayers: count('block_count'),
    hiddenSize,
    numHeads,
    headDim,
    ffnSize: count('feed_forward_length'),
    vocabSize: rowsOf('token_embd.weight'),
    maxTokens: rowsOf('position_embd.weight'),
    numTypes: rowsOf('token_types.weight'),
    normEps: eps,
  };
}
