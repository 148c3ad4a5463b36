// Tensor types of GGUF files. Ids and sizes: ggml's include/ggml.h and src/ggml-common.h.
import { AppError } from '../../shared/errors';

export interface GgmlType {
  name: string;
  /** Weights in one block; a row is a whole number of blocks. */
  blockWeights: number;
  /** Bytes of one block; 0 if ggml removed the format. */
  blockBytes: number;
}

// prettier-ignore
const TYPES: Record<number, [name: string, blockWeights: number, blockBytes: number]> = {
  0: ['F32', 1, 4], 1: ['F16', 1, 2], 2: ['Q4_0', 32, 18], 3: ['Q4_1', 32, 20], 4: ['Q4_2', 16, 0], 5: ['Q4_3', 16, 0],
  6: ['Q5_0', 32, 22], 7: ['Q5_1', 32, 24], 8: ['Q8_0', 32, 34], 9: ['Q8_1', 32, 36], 10: ['Q2_K', 256, 84],
  11: ['Q3_K', 256, 110], 12: ['Q4_K', 256, 144], 13: ['Q5_K', 256, 176], 14: ['Q6_K', 256, 210], 15: ['Q8_K', 256, 292],
  16: ['IQ2_XXS', 256, 66], 17: ['IQ2_XS', 256, 74], 18: ['IQ3_XXS', 256, 98], 19: ['IQ1_S', 256, 50],
  20: ['IQ4_NL', 32, 18], 21: ['IQ3_S', 256, 110], 22: ['IQ2_S', 256, 82], 23: ['IQ4_XS', 256, 136], 24: ['I8', 1, 1],
  25: ['I16', 1, 2], 26: ['I32', 1, 4], 27: ['I64', 1, 8], 28: ['F64', 1, 8], 29: ['IQ1_M', 256, 56], 30: ['BF16', 1, 2],
  31: ['Q4_0_4_4', 32, 0], 32: ['Q4_0_4_8', 32, 0], 33: ['Q4_0_8_8', 32, 0], 34: ['TQ1_0', 256, 54],
  35: ['TQ2_0', 256, 66], 36: ['IQ4_NL_4_4', 32, 0], 37: ['IQ4_NL_4_8', 32, 0], 38: ['IQ4_NL_8_8', 32, 0],
  39: ['MXFP4', 32, 17], 40: ['NVFP4', 64, 36], 41: ['Q1_0', 128, 0], 42: ['Q2_0', 64, 0],
};

/** Types the packer reads. */
export const SUPPORTED_TYPES = [
  'F32', 'F16', 'BF16', 'Q8_0', 'Q4_0', 'Q4_1', 'Q5_0', 'Q5_1', 'Q4_K', 'Q5_K', 'Q6_K',
] as const; // prettier-ignore
export type SupportedType = (typeof SUPPORTED_TYPES)[number];
/** Types that the quantizer reads. */
const FLOAT_TYPES = ['F32', 'F16', 'BF16'] as const;
export type FloatType = (typeof FLOAT_TYPES)[number];

export function isFloat(type: string): type is FloatType {
  return (FLOAT_TYPES as readonly string[]).includes(type);
}

const BY_NAME = new Map<string, GgmlType>(
  Object.values(TYPES).map(([name, blockWeights, blockBytes]) => [name, { name, blockWeights, blockBytes }]),
);

/**
 * The type with this id in a file.
 * @throws AppError 'unsupported-tensor-type' for an unknown id, or a removed format without a known size.
 */
export function ggmlType(id: number, tensor: string): GgmlType {
  const type = BY_NAME.get(TYPES[id]?.[0] ?? '');
  if (!type || type.blockBytes === 0) throw unsupportedType(tensor, type?.name ?? `id ${id}`);
  return type;
}

/** @throws AppError 'unsupported-tensor-type' when the packer cannot read `type`. */
export function assertSupported(type: string, tensor: string): SupportedType {
  const supported = SUPPORTED_TYPES.find((name) => name === type);
  if (!supported) throw unsupportedType(tensor, type);
  return supported;
}

/** Bytes of one row of `cols` weights; cols is a multiple of the type's block. */
export function rowBytes(type: string, cols: number): number {
  const known = BY_NAME.get(type);
  if (!known) throw new AppError('bug', `rowBytes: no ggml type is called ${type}.`);
  return (cols / known.blockWeights) * known.blockBytes;
}

function unsupportedType(tensor: string, type: string): AppError {
  const supported = SUPPORTED_TYPES.join(', ');
  const message = `Tensor ${tensor} has type ${type}; this engine reads ${supported}. Pick another quantisation, such as Q4_0.`;
  return new AppError('unsupported-tensor-type', message, { tensor, type, supported });
}
