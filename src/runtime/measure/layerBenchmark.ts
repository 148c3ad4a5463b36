// Times one layer and the LM head of GLM-4-9B with INT4 zeros in the app's own forward pass, without a download. Zeros take
// as long as weights: the kernels do not look at values.
import { NINE_B } from '../../catalogue/variants';
import { layerWeights, qkvRows } from '../../catalogue/packing';
import type { Gpu } from '../../gpu/device';
import { Program } from '../../gpu/program';
import type { Tensor, WeightMatrix } from '../../gpu/tensor';
import type { Activations, BoundModel, NamedWeights } from '../../model/architecture';
import { BENCHMARK_ARCHITECTURE as architecture } from '../../model/architecture';
import { DecodeState } from '../../model/decodeState';
import type { DeviceProbe } from '../../protocol/device';
import { AppError } from '../../shared/errors';
import { numTiles, TILE_ROWS, tileBytes, tilesPerChunk } from '../../shared/weightLayout';
import type { TensorPlan } from '../../weights/types';
import { chunkFor } from '../decode/prefiller';

export type LayerTimes = Required<Pick<DeviceProbe, 'layer' | 'head' | 'stepMs' | 'measuredShare'>>;

export interface LayerBenchmarkArgs {
  signal?: AbortSignal;
  onFraction?: (fraction: number) => void;
  /** performance.now() after which no measurement is repeated; running ones should end by then. */
  deadline: number;
}

interface Scale {
  ffnSize: number;
  /** Rows of the head in the benchmark. */
  headRows: number;
  firstChunk: number;
  maxChunk: number;
  rounds: number;
}

/** Part of the layer in the benchmark: all on a GPU; a quarter on software adapters, where all would take seconds. */
const SCALE: Record<'hardware' | 'software', Scale> = {
  hardware: {
    ffnSize: NINE_B.ffnSize,
    headRows: TILE_ROWS * tilesPerChunk('q4', NINE_B.vocabSize, NINE_B.hiddenSize, false),
    firstChunk: 64,
    maxChunk: 256,
    rounds: 4,
  },
  software: { ffnSize: 1024, headRows: 8192, firstChunk: 8, maxChunk: 8, rounds: 2 },
};
/** Layers in one submit on a GPU: a submit costs as much as a fast layer. */
const LAYERS_AT_ONCE = { decode: 8, prefill: 2 };
/** Shortest useful timing, and the limit where the waiting time is coarse. */
const MIN_TIMED_MS = 30;
const MAX_TIMED_MS = 400;
const MAX_SUBMITS = 256;
/** The tiled kernels take this much longer to compile than those of a decode step (SwiftShader: 3.6 times). */
const PREFILL_COMPILE_RATIO = 4;
/** Compile time of the head's and the sampler's kernels, relative to a layer's. */
const HEAD_COMPILE_RATIO = 1;
const CONTEXT_TOKENS = 512;

/** Runs the benchmark and frees what it made. @throws AppError out-of-gpu-memory; an abort throws its reason. */
export async function benchmarkLayer(gpu: Gpu, args: LayerBenchmarkArgs): Promise<LayerTimes> {
  const scale = SCALE[gpu.adapter.software ? 'software' : 'hardware'];
  const timed = await TimedLayer.create(gpu, scale, args.deadline);
  const stage = (fraction: number) => {
    args.signal?.throwIfAborted();
    args.onFraction?.(fraction);
  };
  try {
    const share = layerWeights({ ...NINE_B, ffnSize: scale.ffnSize }) / layerWeights(NINE_B);
    const { rounds } = scale;
    const stepMs = await timed.time({ layers: 0, numTokens: 1 }, rounds);
    stage(0.3);
    const decodeMs = await timed.layerMs(1, stepMs, rounds);
    stage(0.5);
    const head = await timeHead(timed, { scale, share, stepMs, decodeMs });
    stage(0.6);
    const [prefillTokens, prefillMs] = await timePrefill(timed, { scale, share, stepMs, decodeMs });
    stage(1);
    return {
      layer: {
        weightBytes: layerBytes(),
        decodeMs: decodeMs / share,
        prefillTokens,
        prefillMs: prefillMs / share,
      },
      head,
      stepMs,
      measuredShare: share,
    };
  } finally {
    await gpu.device.queue.onSubmittedWorkDone();
    timed.destroy();
  }
}

interface Known {
  scale: Scale;
  share: number;
  stepMs: number;
  decodeMs: number;
}

/**
 * Time of the whole head, scaled from the rows in the benchmark. Where compiling its kernels and running it twice would take
 * too long, an estimate: as many bytes a second as the layer, since both are bound by reading weights.
 */
async function timeHead(
  timed: TimedLayer,
  { scale, share, stepMs, decodeMs }: Known,
): Promise<LayerTimes['head']> {
  const weightBytes = bytesOf(NINE_B.vocabSize, NINE_B.hiddenSize);
  const estimatedMs = (decodeMs / share) * (weightBytes / layerBytes());
  const part = scale.headRows / NINE_B.vocabSize;
  if (!timed.hasTime(HEAD_COMPILE_RATIO * timed.slowestStartMs + 2 * estimatedMs * part))
    return { weightBytes, decodeMs: estimatedMs, estimated: true };
  const ms = await timed.time({ layers: 0, numTokens: 1, withLogits: true }, scale.rounds, stepMs);
  return { weightBytes, decodeMs: ms / part };
}

/**
 * Tokens of a chunk, and its time: a medium chunk first, then the chunk that the engine would choose. On software adapters that
 * compile the kernels too slowly for the deadline the result is one token at the speed of decoding.
 */
async function timePrefill(
  timed: TimedLayer,
  { scale, share, stepMs, decodeMs }: Known,
): Promise<[tokens: number, ms: number]> {
  const { firstChunk, maxChunk, rounds } = scale;
  const software = scale === SCALE.software;
  const expectedMs = PREFILL_COMPILE_RATIO * timed.slowestStartMs + 2 * firstChunk * decodeMs;
  if (software && !timed.hasTime(expectedMs)) return [1, decodeMs];
  const ms = await timed.layerMs(firstChunk, stepMs, rounds);
  const chosen = Math.min(
    maxChunk,
    chunkFor(scale === SCALE.software ? 'software' : 'hardware', ms / share / firstChunk),
  );
  if (software || chosen === firstChunk) return [firstChunk, ms];
  return [chosen, await timed.layerMs(chosen, stepMs, rounds)];
}

function bytesOf(rows: number, cols: number, interleaved = false): number {
  return numTiles(rows, interleaved) * tileBytes('q4', cols);
}

/** Bytes of a whole layer's matrices. */
function layerBytes(): number {
  const { hiddenSize: D, ffnSize: F, numHeads, headDim } = NINE_B;
  return (
    bytesOf(qkvRows(NINE_B), D) + bytesOf(D, numHeads * headDim) + bytesOf(2 * F, D, true) + bytesOf(D, F)
  );
}

interface Run {
  /** Repetitions of the one layer. */
  layers: number;
  numTokens: number;
  withLogits?: boolean;
}

/** One layer, a part of the head and their activations on the GPU. */
class TimedLayer {
  /** Longest time to compile a program, including the extra time of its first run. */
  slowestStartMs = 0;
  private readonly programs: Program[] = [];

  private constructor(
    private readonly gpu: Gpu,
    private readonly model: BoundModel,
    readonly deadline: number,
    private readonly tensors: Tensor[],
    private readonly activations: Activations,
    private readonly state: DecodeState,
  ) {}

  static async create(
    gpu: Gpu,
    { ffnSize, headRows, maxChunk }: Scale,
    deadline: number,
  ): Promise<TimedLayer> {
    const tensors: Tensor[] = [];
    const config = architecture.configOf({ ...NINE_B, numLayers: 1, ffnSize, vocabSize: headRows });
    const neededBytes = layerBytes() + bytesOf(headRows, config.hiddenSize);
    let timed: TimedLayer | undefined;
    try {
      await gpu.allocate('the benchmark of one layer', neededBytes, () => {
        const plan = architecture.planTensors(config, new Map());
        const model = architecture.bind(config, zeroWeights(gpu, plan, tensors));
        const activations = model.createActivations(gpu, { maxTokens: maxChunk, maxLength: CONTEXT_TOKENS });
        tensors.push(...activations.tensors);
        const state = new DecodeState(gpu, config, {
          contextTokens: CONTEXT_TOKENS,
          kvFormat: 'f16',
          numRealTokens: headRows,
        });
        timed = new TimedLayer(gpu, model, deadline, tensors, activations, state);
      });
      const made = timed as unknown as TimedLayer; // assigned inside the callback
      made.clear();
      await gpu.idle();
      return made;
    } catch (error) {
      if (timed) timed.destroy();
      else for (const { buffer } of tensors) gpu.destroyBuffer(buffer);
      throw error;
    }
  }

  /** Writes all buffers: unwritten ones may share one page of zeros, which would be read too fast. */
  private clear(): void {
    const encoder = this.gpu.device.createCommandEncoder();
    for (const { buffer } of this.tensors) encoder.clearBuffer(buffer);
    this.gpu.device.queue.submit([encoder.finish()]);
  }

  /** Whether a task of this length ends before the deadline. */
  hasTime(expectedMs: number): boolean {
    return performance.now() + expectedMs <= this.deadline;
  }

  /** Milliseconds of one layer with numTokens tokens, without the cost of a submit. */
  async layerMs(numTokens: number, stepMs: number, rounds: number): Promise<number> {
    const layers = this.gpu.adapter.software
      ? 1
      : numTokens === 1
        ? LAYERS_AT_ONCE.decode
        : LAYERS_AT_ONCE.prefill;
    return (await this.time({ layers, numTokens }, rounds, stepMs)) / layers;
  }

  /**
   * Milliseconds of a run: the shortest of `rounds`, after a warm-up. `stepMs`, the cost of a submit, is subtracted, and the
   * run is repeated until the timer's resolution, and Firefox's polling every 100 ms, no longer matter.
   */
  async time(run: Run, rounds: number, stepMs = 0): Promise<number> {
    const program = this.record(run);
    const started = performance.now();
    await program.prepare();
    this.state.setSlot(0);
    const first = await this.submit(program, 1); // some drivers compile only now
    const firstMs = performance.now() - started;
    const enoughMs = stepMs && Math.min(MAX_TIMED_MS, Math.max(MIN_TIMED_MS, 4 * stepMs));
    let submits = 1;
    let ms = (await this.submit(program, submits)) - stepMs;
    const isLate = () => !this.hasTime(ms);
    while (ms < enoughMs && submits < MAX_SUBMITS && !isLate()) {
      const growth = Math.min(16, ms > 0 ? Math.max(1.5, (1.2 * enoughMs) / ms) : 16);
      submits = Math.min(MAX_SUBMITS, Math.ceil(submits * growth));
      ms = (await this.submit(program, submits)) - stepMs;
    }
    for (let round = 1; round < rounds && !isLate(); round++)
      ms = Math.min(ms, (await this.submit(program, submits)) - stepMs);
    const best = Math.max(0.001, submits === 1 ? Math.min(ms, first - stepMs) : ms / submits);
    this.slowestStartMs = Math.max(this.slowestStartMs, firstMs - best);
    return best;
  }

  private async submit(program: Program, times: number): Promise<number> {
    const started = performance.now();
    for (let i = 0; i < times; i++) this.gpu.submit([program]);
    await this.gpu.idle();
    return performance.now() - started;
  }

  private record({ layers, numTokens, withLogits = false }: Run): Program {
    const { gpu, model, activations, state } = this;
    const program = Program.record(gpu, 'probe', (pass) => {
      model.record(pass, {
        activations,
        kv: state.kv,
        ropeTable: state.ropeTable,
        state: state.state,
        numTokens,
        maxLength: CONTEXT_TOKENS,
        logitRows: Number(withLogits),
        layers: Array<number>(layers).fill(0),
      });
      if (withLogits) state.recordSample(pass, activations, { numTokens: 0, greedy: true });
    });
    this.programs.push(program);
    return program;
  }

  destroy(): void {
    for (const program of this.programs) program.destroy();
    for (const { buffer } of this.tensors) this.gpu.destroyBuffer(buffer);
    this.state.destroy();
  }
}

/** Allocates the tensors of a plan, matrices as q4, and appends them to `tensors`. */
function zeroWeights(gpu: Gpu, plan: TensorPlan[], tensors: Tensor[]): NamedWeights {
  const matrices = new Map<string, WeightMatrix>();
  const vectors = new Map<string, Tensor>();
  for (const { name, kind, shape, interleaved = false } of plan) {
    const label = `probe.${name}`;
    if (kind === 'vector') {
      const vector = gpu.createTensor(label, shape);
      tensors.push(vector);
      vectors.set(name, vector);
    } else {
      const matrix = zeroMatrix(gpu, { label, rows: shape[0], cols: shape[1], interleaved });
      tensors.push(...matrix.chunks.map(({ tensor }) => tensor));
      matrices.set(name, matrix);
    }
  }
  const found = <T>(all: ReadonlyMap<string, T>, name: string): T => {
    const tensor = all.get(name);
    if (tensor === undefined) throw new AppError('bug', `The benchmark's plan has no tensor ${name}`);
    return tensor;
  };
  return { matrix: (name) => found(matrices, name), vector: (name) => found(vectors, name) };
}

function zeroMatrix(
  gpu: Gpu,
  { label, rows, cols, interleaved }: Pick<WeightMatrix, 'label' | 'rows' | 'cols' | 'interleaved'>,
): WeightMatrix {
  const tiles = numTiles(rows, interleaved);
  const perChunk = tilesPerChunk('q4', rows, cols, interleaved);
  const chunks = [];
  for (let firstTile = 0; firstTile < tiles; firstTile += perChunk) {
    const count = Math.min(perChunk, tiles - firstTile);
    const tensor = gpu.createTensor(label, [(count * tileBytes('q4', cols)) / 4], 'u32');
    chunks.push({ firstTile, numTiles: count, tensor });
  }
  return { label, rows, cols, format: 'q4', interleaved, chunks };
}
