// Which mat-vec variant is the fastest on this device: measured in about a second, by running them. All give the same
// sums up to rounding, which is checked before a time counts.
import { GROUP_SIZE, numTiles, SCALE_UNIT, TILE_ROWS, tileBytes } from '../shared/weightLayout';
import { floatToHalf } from '../shared/half';
import type { Gpu } from '../gpu/device';
import { Program } from '../gpu/program';
import type { Tensor, WeightMatrix } from '../gpu/tensor';
import { quantizedView, type Arithmetic } from './activations';
import { matmul, matmulSwiglu } from './matmul';
import { rmsNorm } from './rmsnorm';
import { setTuning, tuning, type KernelTuning } from './tuning';

/** What varies; the rest of a tuning stays. */
export type MatvecTuning = Pick<
  KernelTuning,
  'nibbles' | 'bytes' | 'matvecRows' | 'matvecSlices' | 'matvecTiles' | 'subgroupLanes'
>;

export interface MeasuredTuning extends MatvecTuning {
  /** Milliseconds of both matrices together; undefined when it was wrong or given up on. */
  ms?: number;
}

export interface AutotuneResult {
  best: MatvecTuning;
  measured: MeasuredTuning[];
}

export interface AutotuneArgs {
  /** Columns and rows of the two matrices: gate and up, and down; smaller ones for tests. Default: GLM-4-9B's. */
  cols?: number;
  ffnSize?: number;
  /** Rounds and repetitions stop here. */
  budgetMs?: number;
}

const LAYOUTS: Omit<MatvecTuning, 'nibbles' | 'bytes'>[] = [
  { matvecRows: 32, matvecSlices: 8, matvecTiles: 1, subgroupLanes: 0 },
  { matvecRows: 64, matvecSlices: 4, matvecTiles: 1, subgroupLanes: 0 },
  { matvecRows: 64, matvecSlices: 1, matvecTiles: 1, subgroupLanes: 0 },
  { matvecRows: 64, matvecSlices: 1, matvecTiles: 2, subgroupLanes: 0 },
  { matvecRows: 64, matvecSlices: 4, matvecTiles: 2, subgroupLanes: 0 },
  { matvecRows: 32, matvecSlices: 4, matvecTiles: 4, subgroupLanes: 0 },
  { matvecRows: 32, matvecSlices: 8, matvecTiles: 1, subgroupLanes: 128 },
];
/** int8 rounds the activations, so it has to be worth it. */
const INT8_GAIN = 1.05;
/** A waiting time that says nothing about kernels, as where the browser looks only every 100 ms. */
const COARSE_MS = 20;
/** A measurement is repeated inside one submit until it is this long. */
const MIN_TIMED_MS = 4;
const MAX_REPEATS = 64;
const ROUNDS = 5;
/** Allowed between variants: int8 codes against floats. */
const MAX_ERROR = 0.1;

/**
 * Tries {f32, int8} × {rows, slices, tiles; subgroups} on the two largest matrices of a layer, each against each, and
 * takes the one with the smallest minimum. The tuning that is current stays current; undefined where nothing can be
 * told apart.
 * @throws AppError out-of-gpu-memory
 */
export async function autotune(gpu: Gpu, args: AutotuneArgs = {}): Promise<AutotuneResult | undefined> {
  const { cols = 4096, ffnSize = 13696, budgetMs = 1000 } = args;
  const before = tuning();
  const bench = await Bench.create(gpu, cols, ffnSize);
  try {
    const idleMs = await bench.idleMs();
    if (idleMs > COARSE_MS) return undefined;
    const deadline = performance.now() + budgetMs;
    const measured: MeasuredTuning[] = [];
    const layouts = LAYOUTS.filter(
      ({ subgroupLanes }) => subgroupLanes === 0 || gpu.device.features.has('subgroups'),
    );
    // The arithmetic first, in the layout that is current; then the layouts in the better arithmetic.
    const arithmetics: Arithmetic[] = ['f32', 'dot4', 'pairs'];
    const current = pick(before);
    await bench.race(
      arithmetics.map((arithmetic) => withArithmetic(current, arithmetic)),
      { idleMs, deadline: performance.now() + budgetMs / 3, measured },
    );
    const winner = bestOf(measured) ?? current;
    const rest = layouts
      .map((layout) => ({ ...winner, ...layout }))
      .filter((one) => !measured.some(same(one)));
    await bench.race(rest, { idleMs, deadline, measured });
    const best = bestOf(measured);
    return best && { best: pick(best), measured };
  } finally {
    setTuning(before);
    await gpu.device.queue.onSubmittedWorkDone();
    bench.destroy();
  }
}

function pick(tuning: MatvecTuning): MatvecTuning {
  const { nibbles, bytes, matvecRows, matvecSlices, matvecTiles, subgroupLanes } = tuning;
  return { nibbles, bytes, matvecRows, matvecSlices, matvecTiles, subgroupLanes };
}

function withArithmetic(tuning: MatvecTuning, nibbles: Arithmetic): MatvecTuning {
  return { ...tuning, nibbles, bytes: nibbles === 'f32' ? 'f32' : 'dot4' };
}

const same = (one: MatvecTuning) => (other: MatvecTuning) =>
  JSON.stringify(pick(one)) === JSON.stringify(pick(other));

function bestOf(measured: MeasuredTuning[]): MeasuredTuning | undefined {
  const cost = ({ nibbles, ms = Infinity }: MeasuredTuning) => (nibbles === 'f32' ? ms : ms * INT8_GAIN);
  const [best] = [...measured].sort((a, b) => cost(a) - cost(b));
  return best?.ms === undefined ? undefined : best;
}

interface Race {
  idleMs: number;
  /** performance.now() after which no further round begins. */
  deadline: number;
  /** What was measured is added here. */
  measured: MeasuredTuning[];
}

interface Runner {
  candidate: MatvecTuning;
  program: Program;
  ms: number;
}

/** Two matrices, the vectors around them, and what they give in floats. */
class Bench {
  private want: Float32Array[] | undefined;
  private repeats = 1;

  private constructor(
    private readonly gpu: Gpu,
    private readonly gateUp: WeightMatrix,
    private readonly down: WeightMatrix,
    private readonly vectors: { x: Tensor; gain: Tensor; normed: Tensor; gated: Tensor; y: Tensor },
  ) {}

  static async create(gpu: Gpu, cols: number, ffnSize: number): Promise<Bench> {
    const sizes = [
      [2 * ffnSize, cols, true],
      [cols, ffnSize, false],
    ] as const;
    const bytes = sizes.reduce((sum, [rows, columns, both]) => sum + matrixBytes(rows, columns, both), 0);
    return gpu.allocate('the choice of kernels', bytes, () => {
      const [gateUp, down] = sizes.map(([rows, columns, both]) => randomWeights(gpu, rows, columns, both));
      const vector = (label: string, length: number) => gpu.createTensor(label, [1, length]);
      const vectors = {
        x: vector('tune.x', cols),
        gain: gpu.createTensor('tune.gain', [cols]),
        normed: vector('tune.normed', cols),
        gated: vector('tune.gated', ffnSize),
        y: vector('tune.y', cols),
      };
      gpu.write(vectors.x, noise(cols));
      gpu.write(vectors.gain, new Float32Array(cols).fill(1));
      return new Bench(gpu, gateUp, down, vectors);
    });
  }

  /** Of a submit that does nothing. */
  async idleMs(): Promise<number> {
    let least = Infinity;
    for (let i = 0; i < 3; i++) least = Math.min(least, await this.submit());
    return least;
  }

  /** Runs the candidates in turn, round after round, without those that are clearly behind. */
  async race(candidates: MatvecTuning[], { idleMs, deadline, measured }: Race): Promise<void> {
    let runners = await this.prepare(candidates, measured);
    for (let round = 0; round < ROUNDS && (round === 0 || performance.now() < deadline); round++) {
      for (const runner of runners) {
        const ms = (await this.submit(runner.program)) - idleMs;
        runner.ms = Math.min(runner.ms, Math.max(0.001, ms) / this.repeats);
      }
      const least = Math.min(...runners.map(({ ms }) => ms));
      runners = runners.filter(({ ms }) => ms < 1.5 * least);
    }
    for (const { candidate, ms } of runners) measured.push({ ...candidate, ms });
  }

  /** Compiles, runs and judges every candidate; those that are wrong are left out. */
  private async prepare(candidates: MatvecTuning[], measured: MeasuredTuning[]): Promise<Runner[]> {
    const runners: Runner[] = [];
    const programs = await Promise.all(candidates.map((candidate) => this.record(candidate, 1)));
    for (const [i, candidate] of candidates.entries()) {
      const once = programs[i];
      const got = await this.outputs(once);
      this.want ??= got;
      if (!agrees(got, this.want)) {
        once.destroy();
        measured.push({ ...candidate });
        continue;
      }
      if (runners.length === 0 && this.repeats === 1) {
        const ms = Math.min(await this.submit(once), await this.submit(once));
        this.repeats = Math.min(MAX_REPEATS, Math.max(1, Math.ceil(MIN_TIMED_MS / ms)));
      }
      once.destroy();
      runners.push({ candidate, program: await this.record(candidate, this.repeats), ms: Infinity });
    }
    return runners;
  }

  private record(candidate: MatvecTuning, repeats: number): Promise<Program> {
    setTuning({ ...tuning(), ...candidate });
    const { x, gain, normed, gated, y } = this.vectors;
    const { nibbles } = candidate;
    const view = (vector: Tensor) => (nibbles === 'f32' ? vector : quantizedView(vector, nibbles));
    return Program.record(this.gpu, 'tune', (pass) => {
      rmsNorm(pass, { x, gain, y: view(normed), eps: 1e-6, label: 'tune.norm' });
      for (let i = 0; i < repeats; i++) {
        matmulSwiglu(pass, { x: view(normed), weights: this.gateUp, y: view(gated), label: 'tune.gateUp' });
        matmul(pass, { x: view(gated), weights: this.down, y, label: 'tune.down' });
      }
    }).prepare();
  }

  private async outputs(program: Program): Promise<Float32Array[]> {
    this.gpu.submit([program]);
    return [new Float32Array(await this.gpu.read(this.vectors.y))];
  }

  private async submit(program?: Program): Promise<number> {
    const started = performance.now();
    this.gpu.submit(program ? [program] : []);
    await this.gpu.idle();
    return performance.now() - started;
  }

  destroy(): void {
    const matrices = [this.gateUp, this.down].flatMap(({ chunks }) => chunks.map(({ tensor }) => tensor));
    for (const { buffer } of [...matrices, ...Object.values(this.vectors)]) this.gpu.destroyBuffer(buffer);
  }
}

function agrees(got: Float32Array[], want: Float32Array[]): boolean {
  return got.every((values, n) => {
    let [sumSq, errorSq] = [0, 0];
    values.forEach((value, i) => {
      sumSq += want[n][i] ** 2;
      errorSq += (value - want[n][i]) ** 2;
    });
    return Math.sqrt(errorSq) <= MAX_ERROR * Math.sqrt(sumSq) && sumSq > 0;
  });
}

function matrixBytes(rows: number, cols: number, interleaved: boolean): number {
  return numTiles(rows, interleaved) * tileBytes('q4', cols);
}

/** INT4 weights near 1 / √cols: one random tile, over and over. */
function randomWeights(gpu: Gpu, rows: number, cols: number, interleaved: boolean): WeightMatrix {
  const stride = tileBytes('q4', cols);
  const tiles = numTiles(rows, interleaved);
  const tile = new Uint8Array(stride);
  const codeBytes = (TILE_ROWS * cols) / 2;
  const random = xorshift();
  const words = new Uint32Array(tile.buffer, 0, codeBytes / 4);
  words.forEach((_, i) => (words[i] = random()));
  const scales = new Uint16Array(tile.buffer, codeBytes, (TILE_ROWS * cols) / GROUP_SIZE);
  scales.fill(floatToHalf(1 / 4 / Math.sqrt(cols) / SCALE_UNIT));
  const label = `tune [${rows}, ${cols}]`;
  const tensor = gpu.createTensor(label, [(tiles * stride) / 4], 'u32');
  for (let i = 0; i < tiles; i++) gpu.device.queue.writeBuffer(tensor.buffer, i * stride, tile);
  return {
    label,
    rows,
    cols,
    format: 'q4',
    interleaved,
    chunks: [{ firstTile: 0, numTiles: tiles, tensor }],
  };
}

/** Values of -1..1. */
function noise(length: number): Float32Array<ArrayBuffer> {
  const random = xorshift();
  return Float32Array.from({ length }, () => random() / 2 ** 31 - 1);
}

/** Marsaglia 2003: 32 random bits a call, the same ones every time. */
function xorshift(): () => number {
  let state = 2463534242;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>>= 0);
  };
}
