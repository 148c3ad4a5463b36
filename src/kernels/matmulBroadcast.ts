import columns from '../../shaders/lib/broadcast_columns.wgsl?raw';
import columnsBytes from '../../shaders/lib/activations/columns_bytes.wgsl?raw';
import columnsNibbles from '../../shaders/lib/activations/columns_nibbles.wgsl?raw';
import floats from '../../shaders/matmul_broadcast.wgsl?raw';
import int8 from '../../shaders/matmul_broadcast_int8.wgsl?raw';
import type { Pass } from '../gpu/program';
import { chunkDispatches, matmulKernels, type MatmulCall } from './matmulCall';

const kernelFor = matmulKernels({
  name: 'matmul_broadcast',
  library: columns,
  floats,
  int8,
  nibbles: [columnsNibbles],
  bytes: [columnsBytes],
  extension: 'subgroups',
});
const TOKENS = 8; // a workgroup's; fixed in the shaders, as are its two tiles

/**
 * The matrix kernel for more than one token on adapters with expensive loads, which are those that run on a CPU. With int8
 * activations it rounds like the mat-vec with one slice.
 * @param lanes of every subgroup: 4, or 8 and more.
 */
export function recordBroadcast(pass: Pass, call: MatmulCall, lanes: number): void {
  const numTokens = call.x.shape[0];
  for (const dispatch of chunkDispatches(call)) {
    pass.dispatch(kernelFor(call), {
      ...dispatch,
      constants: { SUBGROUP: lanes, FEW: Number(numTokens <= TOKENS / 2), SWIGLU: Number(call.swiglu) },
      workgroups: [Math.ceil(dispatch.params.numTiles / 2), Math.ceil(numTokens / TOKENS)],
    });
  }
}
