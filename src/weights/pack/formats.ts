// Which of our formats holds a GGUF type, and how parts of different types are joined without loss.
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

/** The format in which a tensor of this type is stored when it stands alone. */
export function formatOf(type: SupportedType): WeightFormat {
  return FORMAT_OF[type];
}

/**
 * The smallest format that holds rows of all these types: 8 bits if any needs them, mins if any has them.
 * @param quantize what floats become; without it they keep their precision
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
