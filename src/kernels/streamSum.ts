import wgsl from '../../shaders/stream_sum.wgsl?raw';
import { defineKernel } from '../gpu/kernel';
import type { Pass } from '../gpu/program';
import type { Tensor } from '../gpu/tensor';
import { assertShape } from '../shared/shape';

const kernel = defineKernel({ name: 'stream_sum', wgsl, params: { numBlocks: 'u32', stride: 'u32' } });

const WG = 256;
/** Lanes of the grid: enough to fill a large GPU, few enough that each reads hundreds of blocks of 128 MiB. */
export const STREAM_SUMS = WG * 1024;

/**
 * Reads all of `data` and writes one sum per lane, modulo 2^32: measures memory bandwidth.
 * @param data u32, whole blocks of 16 bytes.
 * @param sums u32 [STREAM_SUMS].
 * @throws AppError 'bug' when shapes disagree.
 */
export function streamSum(pass: Pass, data: Tensor, sums: Tensor): void {
  assertShape('streamSum sums', sums, [STREAM_SUMS]);
  const params = { numBlocks: data.byteLength / 16, stride: STREAM_SUMS };
  const constants = { WG };
  pass.dispatch(kernel, {
    params,
    constants,
    inputs: [data],
    outputs: [sums],
    workgroups: [STREAM_SUMS / WG],
  });
}
