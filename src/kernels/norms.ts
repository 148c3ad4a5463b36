// Shared by the norms: output as floats, or as int8 codes for the next matrix product.
import normF32 from '../../shaders/lib/norm_f32.wgsl?raw';
import normInt8 from '../../shaders/lib/norm_int8.wgsl?raw';
import { defineKernel, type Kernel, type ParamType } from '../gpu/kernel';
import type { Tensor } from '../gpu/tensor';
import type { Arithmetic } from '../gpu/tuning';
import { arithmeticOf, QUANTIZE_LIBRARY } from './activations';

/** A norm's kernels by the form of their output. */
export function normKernels<const P extends Record<string, ParamType>>(spec: {
  name: string;
  wgsl: string;
  params: P;
}): Record<Arithmetic, Kernel<P>> {
  const { name, wgsl, params } = spec;
  const kernel = (to: string, libraries: string[]): Kernel<P> =>
    defineKernel({ name: `${name}${to}`, wgsl: [...libraries, wgsl].join('\n'), params });
  return {
    f32: kernel('', [normF32]),
    dot4: kernel(' to dot4', [QUANTIZE_LIBRARY, normInt8]),
  };
}

/** Rows and form of a norm's output. @throws AppError 'bug' when it does not have `dim` columns. */
export function normOutput(what: string, y: Tensor, dim: number): { rows: number; arithmetic: Arithmetic } {
  return { rows: y.shape[0], arithmetic: arithmeticOf(what, y, dim) };
}
