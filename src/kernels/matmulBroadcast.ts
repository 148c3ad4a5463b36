import body from '../../shaders/matmul_broadcast.wgsl?raw';
import type { Pass } from '../gpu/program';
import { WEIGHT_FORMATS } from '../shared/weightLayout';
import { chunkDispatches, matmulKernels, type MatmulCall } from './matmulCall';

const kernels = matmulKernels('matmul_broadcast', body);
for (const format of WEIGHT_FORMATS) {
  const { wgsl } = kernels[format];
  kernels[format] = { ...kernels[format], wgsl: `enable subgroups;\n${wgsl}` };
}
const TOKENS = 8; // a workgroup's; fixed in matmul_broadcast.wgsl, as are its two tiles

/**
 * The matrix kernel for more than one token on adapters whose loads are dear: those that run on a CPU.
 * @param lanes of every subgroup: 4, or 8 and more.
 */
export function recordBroadcast(pass: Pass, call: MatmulCall, lanes: number): void {
  const numTokens = call.x.shape[0];
  for (const dispatch of chunkDispatches(call)) {
    pass.dispatch(kernels[call.weights.format], {
      ...dispatch,
      constants: { SUBGROUP: lanes, FEW: Number(numTokens <= TOKENS / 2), SWIGLU: Number(call.swiglu) },
      workgroups: [Math.ceil(dispatch.params.numTiles / 2), Math.ceil(numTokens / TOKENS)],
    });
  }
}
