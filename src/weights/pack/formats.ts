// Maps GGUF types to packed formats, and joins parts of different types without loss.
import type { WeightFormat } from '../../shared/weightLayout';
import { isFloat, type SupportedType } from '../file/ggmlTypes';

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
