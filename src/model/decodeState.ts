// What a chat keeps on the GPU besides weights and activations: position, KV cache, sampler. Buffers made once, at load.
import type { Gpu } from '../gpu/device';
import type { Pass } from '../gpu/program';
import type { Tensor } from '../gpu/tensor';
import { argmax, ARGMAX_SCRATCH_SHAPE } from '../kernels/argmax';
import type { KvFormat, KvLayer } from '../kernels/kv';
import { createKvLayer } from '../kernels/kv';
import { ropeTable } from '../kernels/rope';
import type { SamplerSettings } from '../kernels/sampler';
import { encodeSampler, encodeSeen, sample, SAMPLER_WORDS, seenWords } from '../kernels/sampler';
import { encodeState, STATE_WORDS } from '../kernels/state';
import { firstRows } from '../shared/shape';
import type { Activations } from './glm4';
import type { GlmConfig } from './glm4Config';

export interface DecodeStateOptions {
  /** Positions of the KV cache. */
  contextTokens: number;
  kvFormat: KvFormat;
  /** Ids from here on are padding rows and never sampled. */
  numRealTokens: number;
}

/** Owns the tensors of one chat. */
export class DecodeState {
  readonly state: Tensor; // u32: src/kernels/state.ts
  readonly kv: KvLayer[];
  readonly ropeTable: Tensor; // [capacity, ropeDims]
  private readonly settings: Tensor;
  private readonly seen: Tensor;
  private readonly argmaxScratch: Tensor;
  private readonly ring: Tensor;

  constructor(
    private readonly gpu: Gpu,
    config: GlmConfig,
    private readonly options: DecodeStateOptions,
  ) {
    const { contextTokens: capacity, kvFormat: format } = options;
    const { numLayers, numKvHeads, headDim, ropeDims, ropeBase: base, yarn } = config;
    this.state = gpu.createTensor('state', [STATE_WORDS], 'u32');
    this.kv = Array.from({ length: numLayers }, (_, layer) =>
      createKvLayer(gpu, `L${layer}.kv`, { format, capacity, numKvHeads, headDim }),
    );
    this.ropeTable = gpu.createTensor('ropeTable', [capacity, ropeDims]);
    gpu.write(this.ropeTable, ropeTable({ capacity, ropeDims, base, yarn }));
    this.settings = gpu.createTensor('sampler settings', [SAMPLER_WORDS], 'u32');
    this.seen = gpu.createTensor('seen tokens', [seenWords(config.vocabSize)], 'u32');
    this.argmaxScratch = gpu.createTensor('argmax scratch', ARGMAX_SCRATCH_SHAPE);
    this.ring = gpu.createTensor('sampled ids', [64], 'u32');
  }

  /** Where the next pass begins. */
  setPosition(position: number): void {
    this.gpu.write(this.state, encodeState({ position, counter: 0 }));
  }

  /** Settings of the coming answer, and the tokens its repetition penalty knows. */
  setSampler(settings: SamplerSettings, ids: Iterable<number>, vocabSize: number): void {
    this.gpu.write(this.settings, encodeSampler(settings));
    this.gpu.write(this.seen, encodeSeen(ids, vocabSize));
  }

  /**
   * Records the choice of the next token from the logits; it is left in activations.tokens[0].
   * @param numTokens tokens of the pass before it, which the position moves by.
   */
  recordSample(
    pass: Pass,
    activations: Activations,
    { numTokens, greedy }: { numTokens: number; greedy: boolean },
  ): void {
    const { state, ring, settings, seen, argmaxScratch: scratch } = this;
    const common = { state, ring, numTokens, numRealTokens: this.options.numRealTokens };
    const { tokens } = activations;
    const logits = firstRows(activations.logits, 1);
    if (greedy) argmax(pass, { logits, tokens, scratch, ...common, label: 'argmax' });
    else sample(pass, { logits, tokens, settings, seen, ...common, label: 'sample' });
  }

  destroy(): void {
    const { state, kv, ropeTable, settings, seen, argmaxScratch, ring } = this;
    const tensors = [
      state,
      ropeTable,
      settings,
      seen,
      argmaxScratch,
      ring,
      ...kv.flatMap(({ k, v }) => [k, v]),
    ];
    for (const { buffer } of tensors) this.gpu.destroyBuffer(buffer);
  }
}
