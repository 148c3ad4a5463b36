// The matrix kernels for one token and for a few. A kernel is joined from four files: unpacking of the weight format,
// product with the activations, distribution of rows and columns over lanes, and output of the sums.
import dot4Activations from '../../shaders/lib/activations/dot4_activations.wgsl?raw';
import dot4Bytes from '../../shaders/lib/activations/dot4_bytes.wgsl?raw';
import dot4Nibbles from '../../shaders/lib/activations/dot4_nibbles.wgsl?raw';
import outputRope from '../../shaders/lib/output/rope.wgsl?raw';
import outputPlain from '../../shaders/lib/output/plain.wgsl?raw';
import outputSwiglu from '../../shaders/lib/output/swiglu.wgsl?raw';
import outputSwigluInt8 from '../../shaders/lib/output/swiglu_int8.wgsl?raw';
import quantize from '../../shaders/lib/activations/quantize.wgsl?raw';
import quantizeDot4 from '../../shaders/lib/activations/quantize_dot4.wgsl?raw';
import silu from '../../shaders/lib/silu.wgsl?raw';
import xF32 from '../../shaders/lib/activations/x_f32.wgsl?raw';
import xInt8 from '../../shaders/lib/activations/x_int8.wgsl?raw';
import stateLibrary from '../../shaders/lib/state.wgsl?raw';
import tilesBody from '../../shaders/matvec.wgsl?raw';
import subgroupsBody from '../../shaders/matvec_subgroups.wgsl?raw';
import { AppError } from '../shared/errors';
import { TILE_ROWS, type WeightFormat } from '../shared/weightLayout';
import type { Kernel, ParamType } from '../gpu/kernel';
import type { Pass } from '../gpu/program';
import type { Tensor, WeightMatrix } from '../gpu/tensor';
import type { Arithmetic, KernelTuning } from '../gpu/tuning';
import { arithmeticFor, arithmeticOf, FEW_TOKENS } from './activations';
import { assertKvLayer, KV_LIBRARY } from './kv';
import type { MatmulCall } from './matmulCall';
import type { RopeAppendArgs } from './rope';
import { assertState } from './state';
import { perChunk, weightKernel } from './weights';

function activationsLibrary(format: WeightFormat, arithmetic: Arithmetic): string[] {
  if (arithmetic === 'f32') return [xF32];
  const nibbles = format === 'q4' || format === 'q4m';
  const bytes = format === 'q8' || format === 'q8m';
  if (nibbles) return [xInt8, dot4Activations, dot4Nibbles];
  if (bytes) return [xInt8, dot4Activations, dot4Bytes];
  throw new AppError('bug', `mat-vec: no ${arithmetic} arithmetic for ${format} weights`);
}

const COMMON = {
  numGroups: 'u32',
  rows: 'u32',
  firstTile: 'u32',
  numTiles: 'u32',
  numTokens: 'u32',
} as const;
const PLAIN = { ...COMMON, interleaved: 'u32', hasBias: 'u32', accumulate: 'u32' } as const;
const ROPE = { ...COMMON, hasBias: 'u32', numHeads: 'u32', numKvHeads: 'u32', capacity: 'u32' } as const;
const QUANTIZERS = { f32: [], dot4: [quantize, quantizeDot4] };

/** maxComputeInvocationsPerWorkgroup, by default. */
const MAX_LANES = 256;
/** Tokens a workgroup of matvec.wgsl shares the weights among, where there are several. */
const MATVEC_TOKENS = 4;
/** Rows at a time in matvec_subgroups.wgsl. */
const SUBGROUP_ROWS = 8;

/** Kernels by name, created on first use: most combinations are never used. */
const made = new Map<string, Kernel>();

function kernelFor<const P extends Record<string, ParamType>>(
  name: string,
  {
    format,
    arithmetic,
    output,
    params,
  }: { format: WeightFormat; arithmetic: Arithmetic; output: string[]; params: P },
  { subgroupLanes }: KernelTuning,
): Kernel<P> {
  const isAlong = subgroupLanes > 0;
  const key = `${name} ${format} ${arithmetic}${isAlong ? ' subgroups' : ''}`;
  let kernel = made.get(key) as Kernel<P> | undefined;
  if (!kernel) {
    const parts = [...activationsLibrary(format, arithmetic), ...output];
    kernel = isAlong
      ? weightKernel(format, {
          name: key, body: [...parts, subgroupsBody].join('\n'), params, extension: 'subgroups',
        })
      : weightKernel(format, { name: key, body: [...parts, tilesBody].join('\n'), params }); // prettier-ignore
    made.set(key, kernel as unknown as Kernel);
  }
  return kernel;
}

/** Distribution of rows and columns over lanes: the body's constants, and the workgroups of a chunk. */
function layout(
  { numTiles, numTokens }: { numTiles: number; numTokens: number },
  { matvecRows, matvecSlices, matvecTiles, subgroupLanes: WG }: KernelTuning,
  minTiles: number,
  minRows = 1,
): { constants: Record<string, number>; workgroups: [number, number] } {
  const ROWS = Math.max(minRows, WG > 0 ? SUBGROUP_ROWS : matvecRows);
  const TILES = Math.max(minTiles, WG > 0 ? 1 : matvecTiles);
  const SLICES = Math.min(matvecSlices, MAX_LANES / ROWS);
  const TOKENS = numTokens === 1 ? 1 : MATVEC_TOKENS;
  return {
    constants: WG > 0 ? { WG, ROWS, TILES } : { ROWS, SLICES, TILES, TOKENS },
    // matvec_subgroups loops over the tokens.
    workgroups: [
      Math.ceil(numTiles / TILES) * (TILE_ROWS / ROWS),
      WG > 0 ? 1 : Math.ceil(numTokens / TOKENS),
    ],
  };
}

/** Whether these kernels handle a pass: one token; a few unless the adapter has the broadcasting kernel, which is faster. */
export function isMatvec(
  { broadcastLanes, matvecSlices, subgroupLanes }: KernelTuning,
  numTokens: number,
): boolean {
  const isInOrder = matvecSlices === 1 && subgroupLanes === 0; // as the broadcasting kernel sums
  return numTokens === 1 || (numTokens <= FEW_TOKENS && !(broadcastLanes > 0 && isInOrder));
}

/** Whether each of a few tokens rounds as it would alone: not in the broadcasting kernel of floats. */
export function fewRoundAlike(tuning: KernelTuning, weights: WeightMatrix): boolean {
  return isMatvec(tuning, FEW_TOKENS) || arithmeticFor(tuning, 1, weights) === 'dot4';
}

/** y = x·Wᵀ (+ bias) (+ y), or silu(gate)·up, for at most FEW_TOKENS tokens. */
export function recordMatvec(pass: Pass, call: MatmulCall): void {
  const { x, weights, y, bias, accumulate, swiglu, label } = call;
  const { format, cols } = weights;
  const arithmetic = arithmeticOf(`${weights.label} x`, x, cols);
  const numTokens = x.shape[0];
  for (const { params: chunk, inputs, label: chunkLabel } of perChunk(weights, label)) {
    const params = { ...chunk, numTokens };
    const common = { label: chunkLabel, outputs: [y] };
    if (swiglu) {
      const written = arithmeticOf(`${weights.label} y`, y, weights.rows / 2);
      const output = [silu, ...QUANTIZERS[written], written === 'f32' ? outputSwiglu : outputSwigluInt8];
      const kernel = kernelFor(
        `matvec swiglu to ${written}`,
        { format, arithmetic, output, params: COMMON },
        pass.tuning,
      );
      const placement = layout(params, pass.tuning, 2, written === 'f32' ? 1 : 32);
      pass.dispatch(kernel, { ...common, ...placement, params, inputs: [inputs[0], x] });
    } else {
      const kernel = kernelFor(
        'matvec',
        { format, arithmetic, output: [outputPlain], params: PLAIN },
        pass.tuning,
      );
      pass.dispatch(kernel, {
        ...common,
        ...layout(params, pass.tuning, 1),
        params: {
          ...params,
          interleaved: Number(weights.interleaved),
          hasBias: Number(bias !== undefined),
          accumulate: Number(accumulate),
        },
        inputs: [inputs[0], x, bias ?? x],
      });
    }
  }
}

export interface QkvRopeArgs extends RopeAppendArgs {
  /** [T, D], or its int8 codes. */
  x: Tensor;
  /** [(numHeads + 2·numKvHeads)·headDim, D]. */
  weights: WeightMatrix;
  /** [(numHeads + 2·numKvHeads)·headDim] */
  bias?: Tensor;
}

/** Q, K and V of at most FEW_TOKENS tokens; the epilogue adds the bias, rotates and appends to the cache. */
export function recordMatvecRope(pass: Pass, args: QkvRopeArgs, minTiles: number): void {
  const { x, weights, bias, table, state, q, kv, numHeads, pairing, label } = args;
  const { capacity, headDim, numKvHeads, format: kvFormat } = kv;
  const { format, cols } = weights;
  assertKvLayer('qkvRopeAppend', kv);
  assertState('qkvRopeAppend', state);
  const isHalf = pairing === 'half';
  const arithmetic = arithmeticOf(`${weights.label} x`, x, cols);
  const output = [KV_LIBRARY[kvFormat], stateLibrary, outputRope];
  const kernel = kernelFor(
    `matvec rope ${kvFormat}`,
    { format, arithmetic, output, params: ROPE },
    pass.tuning,
  );
  for (const { params: chunk, inputs, label: chunkLabel } of perChunk(weights, label)) {
    const params = { ...chunk, numTokens: x.shape[0] };
    if (params.firstTile % minTiles !== 0)
      throw new AppError('bug', `${weights.label}: a chunk begins between the rows of a pair`);
    const placement = layout(params, pass.tuning, minTiles, isHalf ? TILE_ROWS : 4);
    pass.dispatch(kernel, {
      label: chunkLabel,
      params: { ...params, hasBias: Number(bias !== undefined), numHeads, numKvHeads, capacity },
      constants: { ...placement.constants, DH: headDim, ROPE_DIMS: table.shape[1], HALF: Number(isHalf) },
      inputs: [inputs[0], x, bias ?? x, table, state],
      outputs: [q, kv.k, kv.v],
      workgroups: placement.workgroups,
    });
  }
}
