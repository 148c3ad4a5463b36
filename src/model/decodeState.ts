// What a chat keeps on the GPU besides weights and activations: state, KV cache, sampler. The cache grows as needed.
import type { Gpu } from '../gpu/device';
import type { Pass } from '../gpu/program';
import type { Tensor } from '../gpu/tensor';
import { argmax, argmaxScratchShape } from '../kernels/argmax';
import type { KvFormat, KvLayer } from '../kernels/kv';
import { createKvLayer, kvLayerBytes } from '../kernels/kv';
import type { Axis } from '../kernels/rope';
import { ropeTable } from '../kernels/rope';
import type { SamplerSettings, TokenMask } from '../kernels/sampler';
import { encodeMask, encodeSampler, encodeSeen, maskWords } from '../kernels/sampler';
import { sample, SAMPLER_WORDS, seenWords } from '../kernels/sampler';
import { encodeState, STATE, STATE_WORDS } from '../kernels/state';
import { firstRows } from '../shared/shape';
import type { Activations, ModelConfig } from './boundModel';
import { MAX_LOGIT_ROWS } from './boundModel';
import { kvBuffers, moveRows } from './kvRows';
import { RotaryLayout } from './rotaryLayout';

export interface DecodeStateOptions {
  /** Slots of the KV cache to begin with. */
  contextTokens: number;
  kvFormat: KvFormat;
  /** Ids from here on are padding rows and never sampled. */
  numRealTokens: number;
}

/** Sampled ids that a report still holds. */
const RING_LENGTH = 64;
const RING_OFFSET = 256; // minStorageBufferOffsetAlignment

export { NOT_FINITE_ID } from '../kernels/state';
export type { TokenMask, TokenSet } from '../kernels/sampler';

/** By number of the layer. */
export type LargerLayers = Map<number, KvLayer>;

/** Owns the tensors of one chat. */
export class DecodeState {
  readonly state: Tensor; // u32: src/kernels/state.ts
  /** State and ring of ids in one buffer: a single copy tells all about a step, {@link newIds} reads it. */
  readonly report: Tensor;
  private readonly ring: Tensor;
  private readonly layers: KvLayer[];
  private rope: Tensor;
  private layout = new RotaryLayout();
  private readonly settings: Tensor;
  private readonly mask: Tensor;
  private readonly seen: Tensor;
  private readonly argmaxScratch: Tensor;

  constructor(
    private readonly gpu: Gpu,
    private readonly config: ModelConfig,
    private readonly options: DecodeStateOptions,
  ) {
    const { vocabSize } = config;
    this.report = gpu.createTensor('report', [RING_OFFSET / 4 + RING_LENGTH], 'u32');
    this.state = { ...this.report, label: 'state', byteLength: STATE_WORDS * 4, shape: [STATE_WORDS] };
    const byteLength = RING_LENGTH * 4;
    this.ring = { ...this.report, label: 'ring', offset: RING_OFFSET, byteLength, shape: [RING_LENGTH] };
    this.layers = Array.from({ length: config.numLayers }, (_, layer) =>
      this.createLayer(layer, options.contextTokens),
    );
    this.rope = this.createRope(options.contextTokens);
    this.settings = gpu.createTensor('sampler settings', [SAMPLER_WORDS], 'u32');
    this.mask = gpu.createTensor('token mask', [maskWords(vocabSize)], 'u32');
    this.seen = gpu.createTensor('seen tokens', [seenWords(vocabSize)], 'u32');
    this.argmaxScratch = gpu.createTensor('argmax scratch', argmaxScratchShape(MAX_LOGIT_ROWS));
  }

  /** Bytes of a cache with that many slots. */
  static bytes({ numLayers, numKvHeads, headDim }: ModelConfig, format: KvFormat, capacity: number): number {
    return numLayers * kvLayerBytes({ format, capacity, numKvHeads, headDim });
  }

  /** The cache, by layer; another after {@link adopt}. */
  get kv(): KvLayer[] {
    return this.layers;
  }

  /** Angles of the cache's slots, [capacity, ropeDims]. */
  get ropeTable(): Tensor {
    return this.rope;
  }

  /** Slots of the cache. */
  get capacity(): number {
    return Math.min(...this.layers.map(({ capacity }) => capacity));
  }

  private createLayer(layer: number, capacity: number): KvLayer {
    const { numKvHeads, headDim } = this.config;
    const format = this.options.kvFormat;
    return createKvLayer(this.gpu, `L${layer}.kv`, { format, capacity, numKvHeads, headDim });
  }

  /**
   * Gives the cache slots the rotary positions of a sequence. Passes submitted before keep the old ones; slots whose
   * position does not change are not written.
   */
  setLayout(layout: RotaryLayout): void {
    if (!this.config.ropeSections) return; // images are positioned like text
    const from = layout.firstDifference(this.layout);
    this.layout = layout;
    if (from < this.rope.shape[0]) this.writeAngles(this.rope, from);
  }

  /** Fills the table's rows from that slot on. */
  private writeAngles(table: Tensor, from: number): void {
    const { ropeDims, ropeBase: base, yarn, ropeFactor, ropeSections: sections } = this.config;
    const [capacity] = table.shape;
    const positionOf = (slot: number, axis: Axis) => this.layout.positionOf(slot, axis);
    const angles = ropeTable({ capacity, from, ropeDims, base, yarn, ropeFactor, sections, positionOf });
    this.gpu.write(table, angles, from * ropeDims * 4);
  }

  private createRope(capacity: number, old?: Tensor): Tensor {
    const table = this.gpu.createTensor('ropeTable', [capacity, this.config.ropeDims]);
    this.writeAngles(table, old?.shape[0] ?? 0);
    if (!old) return table;
    const { byteLength } = old;
    this.gpu.copyBytes([{ from: old.buffer, fromOffset: 0, to: table.buffer, toOffset: 0, byteLength }]);
    this.gpu.destroyBuffer(old.buffer);
    return table;
  }

  /**
   * Larger caches for the next layers, at most so many, that have no room for `capacity` positions yet; in use once
   * {@link adopt} has them. None when all have it.
   * @throws AppError out-of-gpu-memory
   */
  async largerLayers(capacity: number, most: number): Promise<LargerLayers> {
    const small = [...this.layers.keys()].filter((i) => this.layers[i].capacity < capacity).slice(0, most);
    if (small.length === 0) return new Map();
    const bytes = kvLayerBytes({ ...this.layers[0], capacity }) * this.layers.length;
    return this.gpu.allocate(`a context of ${capacity} tokens`, bytes, () => {
      return new Map(small.map((i) => [i, this.createLayer(i, capacity)]));
    });
  }

  /**
   * Replaces layers by larger ones and copies all rows, including rows that passes already submitted still write. Layers
   * may differ in capacity meanwhile. Programs recorded before must be recorded again.
   */
  adopt(larger: LargerLayers): void {
    const { gpu, layers } = this;
    for (const [i, layer] of larger) {
      gpu.copyBytes(moveRows(layers[i], layer, layers[i].capacity));
      for (const buffer of kvBuffers([layers[i]])) gpu.destroyBuffer(buffer);
      layers[i] = layer;
    }
    if (this.capacity > this.rope.shape[0]) this.rope = this.createRope(this.capacity, this.rope);
  }

  /** Where the K and V of the next pass go, and how many tokens of the answer have been sampled. */
  setSlot(slot: number, counter = 0): void {
    this.gpu.write(this.state, encodeState({ slot, counter }));
  }

  /** Settings of the coming steps and the tokens they may choose. @throws AppError bad-request for a mask without tokens */
  setSampler(settings: SamplerSettings, mask?: TokenMask): void {
    const { vocabSize } = this.config;
    const { numRealTokens } = this.options;
    if (mask) this.gpu.write(this.mask, encodeMask(mask, { vocabSize, numRealTokens }));
    this.gpu.write(this.settings, encodeSampler(settings, { masked: mask !== undefined }));
  }

  /** The tokens that penalties know: the prompt's, and those of the answer so far. */
  setSeen(promptIds: Iterable<number>, drawnIds: Iterable<number> = []): void {
    this.gpu.write(this.seen, encodeSeen(promptIds, this.config.vocabSize, drawnIds));
  }

  /**
   * Records the choice of the next token from the logits; it is left in activations.tokens[0].
   * @param numTokens by which it moves the slot: 1, or 0 right after a prefill.
   * @param rows of logits: the first, and one for every draft in activations.tokens[1] …; default 1.
   */
  recordSample(
    pass: Pass,
    activations: Activations,
    { numTokens, greedy, rows = 1 }: { numTokens: number; greedy: boolean; rows?: number },
  ): void {
    const { state, ring, settings, mask, seen } = this;
    const common = { state, ring, numTokens, numRealTokens: this.options.numRealTokens };
    const { tokens } = activations;
    const logits = firstRows(activations.logits, rows);
    const scratch = firstRows(this.argmaxScratch, rows);
    if (greedy) argmax(pass, { logits, tokens, scratch, ...common, label: 'argmax' });
    else sample(pass, { logits, tokens, settings, mask, seen, ...common, label: 'sample' });
  }

  destroy(): void {
    const { report, settings, mask, seen, argmaxScratch, rope } = this;
    for (const { buffer } of [report, settings, mask, seen, argmaxScratch, rope])
      this.gpu.destroyBuffer(buffer);
    for (const buffer of kvBuffers(this.layers)) this.gpu.destroyBuffer(buffer);
  }
}

/** The ids in a copy of the report that were sampled after the first `known` ones; NOT_FINITE_ID ends an answer. */
export function newIds(report: Uint32Array, known: number): number[] {
  const ids = [];
  for (let n = known; n < report[STATE.counter]; n++) ids.push(report[RING_OFFSET / 4 + (n % RING_LENGTH)]);
  return ids;
}
