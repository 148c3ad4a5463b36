import stateLibrary from '../../shaders/lib/state.wgsl?raw';
import wgsl from '../../shaders/rope_append.wgsl?raw';
import { AppError } from '../shared/errors';
import { defineKernel } from '../gpu/kernel';
import type { Pass } from '../gpu/program';
import type { Tensor } from '../gpu/tensor';
import { assertShape } from '../shared/shape';
import type { KvFormat, KvLayer } from './kv';
import { assertKvLayer, KV_LIBRARY } from './kv';
import { assertState } from './state';

function variant(format: KvFormat) {
  return defineKernel({
    name: `rope_append ${format}`,
    wgsl: KV_LIBRARY[format] + stateLibrary + wgsl,
    params: { numHeads: 'u32', numKvHeads: 'u32', capacity: 'u32', dims: 'u32' },
  });
}
const kernels = { f16: variant('f16'), f32: variant('f32'), i8: variant('i8') };
const WG = 64;

/** Static YaRN scaling (arXiv:2309.00071), for contexts beyond those a model was trained on. */
export interface Yarn {
  /** How much longer. */
  factor: number;
  /** Positions the model was trained on. */
  originalContext: number;
  /** Rotations over the original context above which a frequency stays as it is; default 32. */
  betaFast?: number;
  /** Rotations below which a frequency is divided by `factor`; default 1. */
  betaSlow?: number;
}

/** Axes of a rotary position: text moves along all of them alike, images have their own rows and columns (M-RoPE). */
export const AXES = { time: 0, row: 1, column: 2 } as const;
export type Axis = (typeof AXES)[keyof typeof AXES];

export interface RopeTableArgs {
  /** Rows: one per slot of the KV cache. */
  capacity: number;
  /** The first row that is wanted; default 0. */
  from?: number;
  /** Rotary position of a cache slot; default the slot itself, on every axis. */
  positionOf?: (slot: number, axis: Axis) => number;
  /** How many pairs turn by each axis, in this order; default: all by the first. */
  sections?: readonly number[];
  /** Rotated dims of a head, even. */
  ropeDims: number;
  base: number;
  yarn?: Yarn;
  /** Linear scaling (position interpolation, arXiv:2306.15595): every frequency is divided by this; default 1. */
  ropeFactor?: number;
}

/** Angle per position of each pair: base^(-2i/ropeDims)/ropeFactor, under YaRN blended with the same divided by its factor. */
export function ropeFrequencies({
  ropeDims,
  base,
  yarn,
  ropeFactor = 1,
}: Pick<RopeTableArgs, 'ropeDims' | 'base' | 'yarn' | 'ropeFactor'>): Float64Array {
  const frequencies = Float64Array.from(
    { length: ropeDims / 2 },
    (_, i) => base ** ((-2 * i) / ropeDims) / ropeFactor,
  );
  if (!yarn) return frequencies;
  const { factor, originalContext, betaFast = 32, betaSlow = 1 } = yarn;
  const pairWithRotations = (rotations: number): number =>
    (ropeDims * Math.log(originalContext / (2 * Math.PI * rotations))) / (2 * Math.log(base));
  const low = Math.max(Math.floor(pairWithRotations(betaFast)), 0);
  const high = Math.min(Math.ceil(pairWithRotations(betaSlow)), ropeDims - 1);
  return frequencies.map((frequency, i) => {
    const ramp = Math.min(Math.max((i - low) / Math.max(high - low, 0.001), 0), 1);
    return frequency * (1 - ramp) + (frequency / factor) * ramp;
  });
}

/**
 * Cosines and sines for the cache slots [from, capacity), [capacity − from, ropeDims]: a row holds ropeDims/2 cosines,
 * then as many sines. Kernels look up the row of a slot and know no positions, so that images, which take more slots
 * than positions, need no kernel of their own. Computed in f64: at position 10^6 an f32 angle is already off by
 * hundredths of a radian.
 */
export function ropeTable({
  capacity,
  from = 0,
  positionOf = (slot) => slot,
  sections = [],
  ropeDims,
  base,
  yarn,
  ropeFactor,
}: RopeTableArgs): Float32Array<ArrayBuffer> {
  const frequencies = ropeFrequencies({ ropeDims, base, yarn, ropeFactor });
  const magnitude = yarn ? 0.1 * Math.log(yarn.factor) + 1 : 1;
  const table = new Float32Array((capacity - from) * ropeDims);
  const pairs = ropeDims / 2;
  const axes = axesOfPairs(sections, pairs);
  for (let slot = from; slot < capacity; slot++) {
    for (let i = 0; i < pairs; i++) {
      const angle = positionOf(slot, axes[i]) * frequencies[i];
      table[(slot - from) * ropeDims + i] = magnitude * Math.cos(angle);
      table[(slot - from) * ropeDims + pairs + i] = magnitude * Math.sin(angle);
    }
  }
  return table;
}

/** The axis by which each pair turns. */
function axesOfPairs(sections: readonly number[], pairs: number): Axis[] {
  const axes = sections.flatMap((count, axis) => Array<Axis>(count).fill(axis as Axis));
  if (axes.length > pairs)
    throw new AppError('bug', `rotary sections ${sections.join()} of a head with ${pairs} pairs`);
  return Array.from({ length: pairs }, (_, i) => axes[i] ?? AXES.time);
}

export interface RopeAppendArgs {
  /** [T, (numHeads + 2·numKvHeads)·headDim]: Q heads, then K heads, then V heads. */
  qkv: Tensor;
  /** {@link ropeTable}: [at least every slot used, ropeDims]. */
  table: Tensor;
  /** Read: slot. */
  state: Tensor;
  /** Out, [T, numHeads·headDim]: rotated and divided by √headDim. */
  q: Tensor;
  /** Out: rows state.slot … state.slot + T − 1; rows beyond the capacity are dropped. */
  kv: KvLayer;
  numHeads: number;
  /** Which dims form a pair: (2i, 2i+1), the default, or (i, i + ropeDims/2). */
  pairing?: 'interleaved' | 'half';
  label?: string;
}

/**
 * Rotary embedding of Q and K (arXiv:2104.09864) for tokens at state.slot…, and the appending of K and V.
 * @throws AppError 'bug' when shapes disagree.
 */
export function ropeAppend(pass: Pass, args: RopeAppendArgs): void {
  const { qkv, table, state, q, kv, numHeads, pairing = 'interleaved', label } = args;
  const { format, capacity, numKvHeads, headDim } = kv;
  const numTokens = qkv.shape[0];
  const width = (numHeads + 2 * numKvHeads) * headDim;
  const ropeDims = table.shape[1];
  assertKvLayer('ropeAppend', kv);
  assertState('ropeAppend', state);
  assertShape('ropeAppend qkv', qkv, [numTokens, width]);
  assertShape('ropeAppend q', q, [numTokens, numHeads * headDim]);
  if (ropeDims > headDim || ropeDims % 2 !== 0) {
    throw new AppError('bug', `ropeAppend rotates ${ropeDims} dims of ${headDim}`);
  }
  pass.dispatch(kernels[format], {
    label,
    params: { numHeads, numKvHeads, capacity, dims: headDim },
    constants: { DH: headDim, ROPE_DIMS: ropeDims, HALF: Number(pairing === 'half'), WG },
    inputs: [qkv, table, state],
    outputs: [q, kv.k, kv.v],
    workgroups: [Math.ceil(width / 4 / WG), numTokens],
  });
}
