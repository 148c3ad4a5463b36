// Maps GGUF types to packed formats, and joins parts of different types without loss.
import { AppError } from '../../shared/errors';
import type { WeightFormat } from '../../shared/weightLayout';
import { isFloat, type SupportedType } from '../file/ggmlTypes';
import type { ConvolutionRows } from '../types';

const FORMAT_OF: Record<SupportedType, WeightFormat> = {
  Q4_0: 'q4',
  Q4_1: 'q4m',
  Q4_K: 'q4m',
  Q5_0: 'q8',
  Q8_0: 'q8',
  Q6_K: 'q8',
  Q5_1: 'q8m',
  Q5_K: 'q8m',
  F16: 'f16',
  BF16: 'bf16',
  F32: 'f32',
};

/** The packed format of a single tensor of this type. */
export function formatOf(type: SupportedType): WeightFormat {
  return FORMAT_OF[type];
}

/**
 * The smallest format that holds rows of all these types without loss: 8 bits if any needs them, mins if any has them.
 * @param quantize target of float types; absent: they keep their precision
 */
export function commonFormat(types: SupportedType[], quantize?: 'q4'): WeightFormat {
  if (quantize && types.every(isFloat)) return quantize;
  const formats = new Set(types.map(formatOf));
  const [first] = formats;
  if (formats.size === 1) return first;
  if ([...formats].some((format) => !format.startsWith('q'))) return 'f32';
  const mins = [...formats].some((format) => format.endsWith('m')) ? 'm' : '';
  const bits = formats.has('q8') || formats.has('q8m') ? '8' : '4';
  return `q${bits}${mins}`;
}

/** Whether several frames of a convolution become one. */
export const isSum = (parts: unknown[], { frames }: ConvolutionRows): boolean => parts.length * frames > 1;

/** The packed format of a convolution: sums are stored as floats, everything else as in the file. @throws AppError unsupported-tensor-type */
export function convolutionFormat(
  parts: { tensor: { name: string }; type: SupportedType }[],
  convolution: ConvolutionRows,
): WeightFormat {
  for (const { tensor, type } of parts) {
    if (isFloat(type)) continue;
    const message = `Tensor ${tensor.name} has type ${type}; a convolution is read as F32, F16 or BF16. Take another conversion.`;
    throw new AppError('unsupported-tensor-type', message, {
      tensor: tensor.name,
      type,
      supported: 'F32, F16, BF16',
    });
  }
  return isSum(parts, convolution) ? 'f32' : formatOf(parts[0].type);
}
