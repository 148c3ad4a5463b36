import combineF32 from '../../shaders/lib/combine_f32.wgsl?raw';
import combineInt8 from '../../shaders/lib/combine_int8.wgsl?raw';
import rowsLibrary from '../../shaders/lib/attention_rows.wgsl?raw';
import stateLibrary from '../../shaders/lib/state.wgsl?raw';
import wgsl from '../../shaders/attention.wgsl?raw';
import broadcastWgsl from '../../shaders/attention_broadcast.wgsl?raw';
import combineWgsl from '../../shaders/attention_combine.wgsl?raw';
import { AppError } from '../shared/errors';
import { MAX_ATTENTION_SPLITS } from '../shared/passLimits';
import { defineKernel } from '../gpu/kernel';
import type { Pass } from '../gpu/program';
import type { Tensor, WeightMatrix } from '../gpu/tensor';
import type { Arithmetic } from '../gpu/tuning';
import { assertShape, firstRows } from '../shared/shape';
import { GROUP_SIZE } from '../shared/weightLayout';
import { arithmeticOf, asReadBy, FEW_TOKENS, QUANTIZE_LIBRARY } from './activations';
import type { KvFormat, KvLayer } from './kv';
import { assertKvLayer, KV_LIBRARY } from './kv';
import { quantizedFor } from './quantizeRows';
import { assertState } from './state';

function variants(name: string, body: string, enabled = '') {
  const variant = (format: KvFormat) =>
    defineKernel({
      name: `${name} ${format}`,
      wgsl: [enabled + KV_LIBRARY[format], stateLibrary, rowsLibrary, body].join('\n'),
      params: {
        numTokens: 'u32',
        numHeads: 'u32',
        capacity: 'u32',
        splitLength: 'u32',
        numSplits: 'u32',
        quads: 'u32',
        lanes: 'u32',
        slots: 'u32',
      },
    });
  return { f16: variant('f16'), f32: variant('f32'), i8: variant('i8') };
}
const kernels = variants('attention', wgsl);
const broadcast = variants('attention_broadcast', broadcastWgsl, 'enable subgroups;\n');
/** Both numbers are fixed in attention_broadcast.wgsl. */
const BROADCAST_LANES = 8; // of a subgroup, and rows of a workgroup
const BROADCAST_SLOTS = 4;

function combineVariant(name: string, libraries: string[]) {
  return defineKernel({
    name,
    wgsl: [stateLibrary, ...libraries, combineWgsl].join('\n'),
    params: { numHeads: 'u32', splitLength: 'u32', numSplits: 'u32' },
  });
}
const combine = {
  f32: combineVariant('attention_combine', [combineF32]),
  dot4: combineVariant('attention_combine to dot4', [QUANTIZE_LIBRARY, combineInt8]),
};

const ROWS_PER_GROUP = 4; // both numbers are fixed in attention.wgsl
const KEYS_PER_LANE = 4;
const LANES = 16; // 64 keys a tile
/** 32 rows a workgroup: 128 invocations and 10 KiB of workgroup memory. Decoding takes fewer: those of one token. */
const MAX_ROW_GROUPS = 8;

/** How decode cuts the positions for a cache of up to `maxLength`. */
function splitsFor(maxLength: number): { splitLength: number; numSplits: number } {
  const tile = LANES * KEYS_PER_LANE;
  const splitLength = Math.ceil(maxLength / MAX_ATTENTION_SPLITS / tile) * tile;
  return { splitLength, numSplits: Math.ceil(maxLength / splitLength) };
}

export interface AttentionScratchArgs {
  numHeads: number;
  headDim: number;
  maxLength: number;
  /** Tokens decoded together; default 1, at most FEW_TOKENS. */
  numTokens?: number;
}

/** Shape of the f32 scratch tensor that decoding needs; a larger one also serves shorter lengths and fewer tokens. */
export function attentionScratchShape(args: AttentionScratchArgs): number[] {
  const { numHeads, headDim, maxLength, numTokens = 1 } = args;
  const splits = Math.min(Math.ceil(maxLength / (LANES * KEYS_PER_LANE)), MAX_ATTENTION_SPLITS);
  return [splits * numTokens, numHeads, headDim + 4];
}

/** Whether decoding cuts the positions alike for both lengths: only then does a token's attention round alike. */
export function splitsAlike(maxLength: number, other: number): boolean {
  return splitsFor(maxLength).splitLength === splitsFor(other).splitLength;
}

export interface AttentionArgs {
  /** [T, numHeads·headDim], rotated and scaled: what ropeAppend writes. */
  q: Tensor;
  /** Holds every row up to and including the new tokens', and up to state.prefixEnd. */
  kv: KvLayer;
  /** Read: slot of the first of the T tokens, and prefixEnd. */
  state: Tensor;
  /** Out, [T, numHeads·headDim], or when decoding, with headDim a multiple of 32, a quantizedView() of it. */
  y: Tensor;
  /** The matrix that reads y: decides between floats and int8 codes. Default: y as it is. */
  reader?: WeightMatrix;
  /** u32, room for the codes of y: needed with a reader in prefill, or with other heads. */
  codes?: Tensor;
  numHeads: number;
  /** No pass of this recording ends beyond this many positions; decoding's grid depends on it. Default: the capacity. */
  maxLength?: number;
  /** f32, of {@link attentionScratchShape} for T tokens or larger: T is decoded. Needed at T = 1 only. */
  scratch?: Tensor;
  label?: string;
}

/**
 * Causal grouped-query attention of T tokens at state.slot… over everything in the cache; rows before
 * state.prefixEnd are visible to every token (images in a tower: all of them; prefix-LMs: the prompt). Query heads
 * j·H/K … (j+1)·H/K − 1 share KV head j. One token runs as split-KV decoding, several as tiled prefill; with a scratch a
 * few are decoded, too, and each rounds as it would alone.
 * @returns the output in the form that its reader takes: y, its codes in the same memory, or `codes`.
 * @throws AppError 'bug' when shapes disagree.
 */
export function attention(pass: Pass, args: AttentionArgs): Tensor {
  const { q, kv, state, numHeads, maxLength = kv.capacity, scratch, reader, codes, label } = args;
  const { format, capacity, numKvHeads, headDim } = kv;
  const numTokens = q.shape[0];
  const headsPerKv = numHeads / numKvHeads;
  assertKvLayer('attention', kv);
  assertState('attention', state);
  assertShape('attention q', q, [numTokens, numHeads * headDim]);
  const isDecoded = numTokens === 1 || (numTokens <= FEW_TOKENS && scratch !== undefined);
  const storesCodes = isDecoded && headDim % GROUP_SIZE === 0;
  const y = storesCodes ? asReadBy(reader, args.y, pass.tuning) : args.y;
  const written = arithmeticOf('attention y', y, numHeads * headDim, numTokens);
  if (!isDecoded) assertShape('attention y', y, [numTokens, numHeads * headDim]);
  if (written !== 'f32' && !storesCodes)
    throw new AppError('bug', `attention: int8 groups across heads of ${headDim} dims`);
  if (!Number.isInteger(headsPerKv)) {
    throw new AppError('bug', `attention: ${numHeads} heads cannot share ${numKvHeads} KV heads`);
  }
  const { splitLength, numSplits } = isDecoded
    ? splitsFor(Math.min(maxLength, capacity))
    : { splitLength: capacity, numSplits: 1 };
  const target = isDecoded ? scratchFor(scratch, [numTokens * numSplits, numHeads, headDim + 4]) : y;
  const numRows = numTokens * headsPerKv; // of a KV head
  const common = { numTokens, numHeads, capacity, splitLength, numSplits, quads: headDim / 4 };
  const constants = { DH: headDim, HEADS: headsPerKv, PARTIAL: Number(isDecoded) };
  const tensors = { inputs: [q, kv.k, kv.v, state], outputs: [target] };
  if (pass.tuning.broadcastLanes === BROADCAST_LANES && !pass.tuning.tiledAttention) {
    pass.dispatch(broadcast[format], {
      label,
      params: { ...common, slots: BROADCAST_SLOTS, lanes: BROADCAST_LANES },
      constants,
      ...tensors,
      workgroups: [Math.ceil(numRows / BROADCAST_LANES), numKvHeads, numSplits],
    });
  } else {
    const needed = isDecoded ? Math.ceil(headsPerKv / ROWS_PER_GROUP) : MAX_ROW_GROUPS;
    const rowGroups = Math.min(needed, MAX_ROW_GROUPS);
    pass.dispatch(kernels[format], {
      label,
      params: { ...common, lanes: LANES, slots: KEYS_PER_LANE },
      constants: { ...constants, ROW_GROUPS: rowGroups, LANES },
      ...tensors,
      workgroups: [Math.ceil(numRows / (rowGroups * ROWS_PER_GROUP)), numKvHeads, numSplits],
    });
  }
  if (isDecoded) {
    combineSplits(pass, {
      ...{ partials: target, state, y, written, numTokens, numHeads, headDim, splitLength, numSplits },
      label: label && `${label}.combine`,
    });
  }
  return storesCodes ? y : quantizedFor(pass, { floats: y, reader, codes, label });
}

export interface CombineArgs {
  /** f32 [T·H, splits, Dh + 4]: Dh sums of a split, their peak, their total, 2 unused. */
  partials: Tensor;
  /** Read: slot of the first of the T tokens, and prefixEnd. */
  state: Tensor;
  /** Out, [T, H·Dh], or its int8 groups. */
  y: Tensor;
  written: Arithmetic;
  numTokens: number;
  numHeads: number;
  headDim: number;
  splitLength: number;
  numSplits: number;
  label?: string;
}

/** Brings the splits of decoded rows to a common softmax peak and sums them. */
export function combineSplits(pass: Pass, args: CombineArgs): void {
  const { partials, state, y, written, numTokens, numHeads, headDim, splitLength, numSplits, label } = args;
  pass.dispatch(combine[written], {
    label,
    params: { numHeads, splitLength, numSplits },
    constants: { DH: headDim },
    inputs: [partials, state],
    outputs: [y],
    workgroups: [numTokens * numHeads],
  });
}

/** The part of the scratch tensor that this many splits need. */
function scratchFor(scratch: Tensor | undefined, shape: number[]): Tensor {
  if (!scratch || scratch.shape[0] < shape[0]) {
    throw new AppError('bug', `decoding attention needs scratch [${shape}], has [${scratch?.shape}]`);
  }
  const part = firstRows(scratch, shape[0]);
  assertShape('attention scratch', part, shape);
  return part;
}
