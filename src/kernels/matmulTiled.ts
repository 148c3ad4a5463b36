import dot4Activations from '../../shaders/lib/activations/dot4_activations.wgsl?raw';
import dot4Bytes from '../../shaders/lib/activations/dot4_bytes.wgsl?raw';
import dot4Nibbles from '../../shaders/lib/activations/dot4_nibbles.wgsl?raw';
import rows from '../../shaders/lib/tiled_rows.wgsl?raw';
import floats from '../../shaders/matmul.wgsl?raw';
import int8 from '../../shaders/matmul_int8.wgsl?raw';
import type { Pass } from '../gpu/program';
import { chunkDispatches, matmulKernels, type MatmulCall } from './matmulCall';

const kernelFor = matmulKernels({
  name: 'matmul',
  library: rows,
  floats,
  int8,
  nibbles: [dot4Activations, dot4Nibbles],
  bytes: [dot4Activations, dot4Bytes],
});
const TOKENS_PER_LANE = 8; // fixed in the shaders

/** The matrix kernel for many tokens on GPUs: tiles meet in workgroup memory. */
export function recordTiled(pass: Pass, call: MatmulCall, tokenLanes: number): void {
  const numTokens = call.x.shape[0];
  const TOKEN_LANES = numTokens <= 2 * TOKENS_PER_LANE ? Math.min(2, tokenLanes) : tokenLanes; // few pipelines
  for (const dispatch of chunkDispatches(call)) {
    pass.dispatch(kernelFor(call), {
      ...dispatch,
      constants: { TOKEN_LANES, SWIGLU: Number(call.swiglu) },
      workgroups: [dispatch.params.numTiles, Math.ceil(numTokens / (TOKENS_PER_LANE * TOKEN_LANES))],
    });
  }
}
