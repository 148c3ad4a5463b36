import body from '../../shaders/matmul.wgsl?raw';
import type { Pass } from '../gpu/program';
import { recordBroadcast } from './matmulBroadcast';
import { chunkDispatches, matmulKernels, type MatmulCall } from './matmulCall';
import { tuning } from './tuning';

const kernels = matmulKernels('matmul', body);
const TOKENS_PER_LANE = 8; // fixed in matmul.wgsl

/** The matrix kernel for more than one token: the tiled one, or as tuned the broadcasting one. */
export function recordTiled(pass: Pass, call: MatmulCall): void {
  const numTokens = call.x.shape[0];
  const { tokenLanes, broadcastLanes } = tuning();
  if (broadcastLanes > 0) {
    recordBroadcast(pass, call, broadcastLanes);
    return;
  }
  const TOKEN_LANES = numTokens <= 2 * TOKENS_PER_LANE ? Math.min(2, tokenLanes) : tokenLanes; // few pipelines
  for (const dispatch of chunkDispatches(call)) {
    pass.dispatch(kernels[call.weights.format], {
      ...dispatch,
      constants: { TOKEN_LANES, SWIGLU: Number(call.swiglu) },
      workgroups: [dispatch.params.numTiles, Math.ceil(numTokens / (TOKENS_PER_LANE * TOKEN_LANES))],
    });
  }
}
