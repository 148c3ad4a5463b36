// From the header of an mmproj file to the numbers of the tower: GLM-4.1V, GLM-4.6V, GLM-OCR (llama.cpp's projector glm4v).
import { AppError } from '../../shared/errors';
import type { Metadata } from '../../weights/types';
import type { TensorShapes } from '../boundModel';
import type { Normalisation } from './pixels/patches';
import { MERGE, PATCH } from './pixels/smartResize';

const PROJECTOR = 'glm4v';

export interface EyesConfig {
  name: string;
  numLayers: number;
  hiddenSize: number;
  numHeads: number;
  headDim: number;
  /** FFN width of a layer. */
  ffnSize: number;
  /** Hidden size of the text model. */
  outSize: number;
  /** FFN width of the merger. */
  mergerSize: number;
  normEps: number;
  /** GLM-OCR: RMSNorm of each head of Q and K. */
  headNorms: boolean;
  /** GLM-OCR: biases of all matrices of a layer. */
  biases: boolean;
  /** A norm behind the patch embedding; not in GLM-OCR. */
  embeddingNorm: boolean;
  /** Side of the table of learned positions; not in GLM-OCR. */
  tableSide?: number;
  pixels: Normalisation;
}

function bad(key: string, why: string): AppError {
  const message = `The file's header has no usable ${key}: ${why}. Download the file again or take another conversion.`;
  return new AppError('bad-metadata', message, { key, why });
}

/**
 * Reads the configuration from the metadata and the tensors that exist, which state the widths more reliably.
 * @throws AppError unsupported-architecture, bad-metadata, missing-tensor
 */
export function readEyesConfig(metadata: Metadata, tensors: TensorShapes): EyesConfig {
  const projector = metadata['clip.projector_type'] ?? metadata['clip.vision.projector_type'];
  if (projector !== PROJECTOR) {
    const architecture = `clip, projector ${String(projector)}`;
    const message = `This file holds eyes of another kind (${architecture}); this app runs those of GLM-4.1V, GLM-4.6V and GLM-OCR.`;
    throw new AppError('unsupported-architecture', message, { architecture, supported: PROJECTOR });
  }
  const count = (key: string, fallback?: number): number => {
    const value = metadata[key] ?? fallback;
    if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 2 ** 20) return value;
    throw bad(key, `it is ${JSON.stringify(value)?.slice(0, 80)}`);
  };
  const numbers = (key: string): number[] => {
    const value = metadata[key];
    if (Array.isArray(value) && value.length === 3 && value.every((one) => Number.isFinite(one)))
      return value.map(Number);
    throw bad(key, 'it is not three numbers');
  };
  const shapeOf = (name: string): number[] => {
    const tensor = tensors.get(name);
    if (tensor) return tensor.shape;
    throw new AppError('missing-tensor', `The file has no tensor ${name}. It is not complete.`, {
      tensor: name,
    });
  };
  const hiddenSize = count('clip.vision.embedding_length');
  const numHeads = count('clip.vision.attention.head_count');
  const headDim = hiddenSize / numHeads;
  for (const [key, found, wanted] of [
    ['clip.vision.patch_size', count('clip.vision.patch_size'), PATCH],
    ['clip.vision.spatial_merge_size', count('clip.vision.spatial_merge_size', MERGE), MERGE],
  ] as const)
    if (found !== wanted) throw bad(key, `it is ${found}, this engine computes ${wanted}`);
  if (!Number.isInteger(headDim) || headDim % 4 !== 0 || headDim > 128)
    throw bad('clip.vision.attention.head_count', `a head of ${headDim} is not a multiple of 4 up to 128`);
  const eps = metadata['clip.vision.attention.layer_norm_epsilon'];
  if (typeof eps !== 'number' || !(eps > 0))
    throw bad('clip.vision.attention.layer_norm_epsilon', 'it is missing');
  const table = tensors.get('v.position_embd.weight');
  const tableSide = table && Math.sqrt(tableRows(table.shape, hiddenSize));
  if (tableSide !== undefined && !Number.isInteger(tableSide))
    throw bad('v.position_embd.weight', `its ${tableSide ** 2} rows are no square`);
  const packed = tensors.get(GATE_UP(0));
  return {
    name: typeof metadata['general.name'] === 'string' ? metadata['general.name'].slice(0, 200) : 'GLM eyes',
    numLayers: count('clip.vision.block_count'),
    hiddenSize,
    numHeads,
    headDim,
    ffnSize: packed ? packed.shape[0] / 2 : shapeOf('v.blk.0.ffn_up.weight')[0],
    outSize: shapeOf('mm.model.fc.weight')[0],
    mergerSize: packed ? shapeOf(MERGER_GATE_UP)[0] / 2 : shapeOf('mm.up.weight')[0],
    normEps: eps,
    headNorms: tensors.has('v.blk.0.attn_q_norm.weight'),
    biases: tensors.has('v.blk.0.attn_out.bias'),
    embeddingNorm: tensors.has('v.norm_embd.weight'),
    ...(tableSide && { tableSide }),
    pixels: { mean: numbers('clip.vision.image_mean'), std: numbers('clip.vision.image_std') },
  };
}

/** Names of matrices that this engine stacks from two of the file. */
export const GATE_UP = (layer: number): string => `v.blk.${layer}.ffn_gate_up.weight`;
export const MERGER_GATE_UP = 'mm.gate_up.weight';

/** Rows of the table, in the file or packed as a vector. */
function tableRows(shape: number[], hiddenSize: number): number {
  return shape.reduce((product, dim) => product * dim, 1) / hiddenSize;
}
