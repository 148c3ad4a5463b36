// Finds the fastest variants of the matrix kernels on this device by running them for about a second. All give the same
// sums up to rounding; a variant is timed only after its sums were checked.
import { GROUP_SIZE, numTiles, SCALE_UNIT, TILE_ROWS, tileBytes } from '../shared/weightLayout';
import { floatToHalf } from '../shared/half';
import { firstRows } from '../shared/shape';
import type { Gpu } from '../gpu/device';
import { Program, type Pass } from '../gpu/program';
import type { Tensor, WeightMatrix } from '../gpu/tensor';
import { matmul, matmulSwiglu } from './matmul';
import { noise, xorshift } from './noise';
import { rmsNorm } from './rmsnorm';
import type { KernelTuning } from '../gpu/tuning';
import { MATVEC_LAYOUTS, prefillLayouts } from './tuning';

export interface Measured {
  /** The fields that were changed; the rest was the device's tuning. */
  choice: Partial<KernelTuning>;
  isInt8: boolean;
  /** Milliseconds of both matrices together; undefined when the sums were wrong or the variant fell behind. */
  ms?: number;
}

export interface AutotuneResult {
  best: Partial<KernelTuning>;
  /** Passes over one token. */
  decode: Measured[];
  /** Passes over PREFILL_TOKENS. */
  prefill: Measured[];
}

export interface AutotuneArgs {
  /** Sizes of the two matrices, gate-up and down; default: GLM-4-9B's. */
  cols?: number;
  ffnSize?: number;
  /** No further round starts after this. */
  budgetMs?: number;
}

/** A whole tile of the largest workgroup. */
const PREFILL_TOKENS = 64;
/** int8 rounds the activations: it must be this much faster than floats. */
const INT8_GAIN = 1.05;
/** Above this waiting time of an empty submit, kernels cannot be timed: Firefox polls every 100 ms. */
const COARSE_MS = 20;
/** Dispatches are repeated within a submit until it takes this long. */
const MIN_TIMED_MS = 4;
const MAX_REPEATS = 64;
const ROUNDS = 5;
/** Allowed relative error between variants: int8 codes against floats. */
const MAX_ERROR = 0.1;

/**
 * Tries {f32, int8} × {rows, slices, tiles; subgroups} for one token and {@link prefillChoices} for many, on the two
 * largest matrices of a layer, and picks those with the smallest minimum time. The device's
 * tuning stays; undefined where times cannot be compared.
 * @throws AppError out-of-gpu-memory
 */
export async function autotune(gpu: Gpu, args: AutotuneArgs = {}): Promise<AutotuneResult | undefined> {
  const { cols = 4096, ffnSize = 13696, budgetMs = 1000 } = args;
  const bench = await Bench.create(gpu, cols, ffnSize);
  try {
    const idleMs = await bench.idleMs();
    if (idleMs > COARSE_MS) return undefined;
    const start = performance.now();
    // First the arithmetic in the current layout, then the layouts in the better arithmetic.
    const arithmetics = (['f32', 'dot4'] as const).map((one) => ({
      nibbles: one,
      bytes: one,
      ...layoutOf(gpu.tuning),
    }));
    const decode = await bench.race(arithmetics, { numTokens: 1, idleMs, deadline: start + budgetMs / 4 });
    const winner = bestOf(decode) ?? arithmetics[0];
    const layouts = MATVEC_LAYOUTS.filter(
      (layout) => layout.subgroupLanes === 0 || gpu.device.features.has('subgroups'),
    )
      .map((layout) => ({ ...winner, ...layout }))
      .filter((layout) => JSON.stringify(layout) !== JSON.stringify(winner));
    decode.push(...(await bench.race(layouts, { numTokens: 1, idleMs, deadline: start + budgetMs / 2 })));
    const prefill = await bench.race(prefillChoices(gpu), {
      numTokens: PREFILL_TOKENS,
      idleMs,
      deadline: start + budgetMs,
    });
    if (!bestOf(decode) && !bestOf(prefill)) return undefined;
    return { best: { ...bestOf(decode), ...bestOf(prefill) }, decode, prefill };
  } finally {
    await gpu.device.queue.onSubmittedWorkDone();
    bench.destroy();
  }
}

/**
 * The kernels for many tokens on this device. Floats come first: the others are compared with them. A kernel for matrix
 * units (subgroup matrices) is one more entry in prefillLayouts(), one more branch in record() of matmul.ts, and a test.
 */
function prefillChoices({ adapter }: Gpu): Partial<KernelTuning>[] {
  const layouts = prefillLayouts(adapter);
  return (['f32', 'dot4'] as const).flatMap((prefill) => layouts.map((layout) => ({ prefill, ...layout })));
}

function layoutOf({ matvecRows, matvecSlices, matvecTiles, subgroupLanes }: KernelTuning) {
  return { matvecRows, matvecSlices, matvecTiles, subgroupLanes };
}

function bestOf(measured: Measured[]): Partial<KernelTuning> | undefined {
  const cost = ({ isInt8, ms = Infinity }: Measured) => (isInt8 ? ms * INT8_GAIN : ms);
  const [best] = [...measured].sort((a, b) => cost(a) - cost(b));
  return best?.ms === undefined ? undefined : best.choice;
}

interface Race {
  numTokens: number;
  idleMs: number;
  /** performance.now() after which no further round begins. */
  deadline: number;
}

interface Runner {
  measured: Measured;
  program: Program;
  ms: number;
}

/** Two matrices, their activations, and their expected output. */
class Bench {
  /** Expected output by number of tokens. */
  private readonly want = new Map<number, Float32Array>();

  private constructor(
    private readonly gpu: Gpu,
    private readonly gateUp: WeightMatrix,
    private readonly down: WeightMatrix,
    private readonly rows: Record<'x' | 'gain' | 'normed' | 'gated' | 'codes' | 'y', Tensor>,
  ) {}

  static async create(gpu: Gpu, cols: number, ffnSize: number): Promise<Bench> {
    const sizes = [
      [2 * ffnSize, cols, true],
      [cols, ffnSize, false],
    ] as const;
    const bytes = sizes.reduce((sum, [rows, columns, both]) => sum + matrixBytes(rows, columns, both), 0);
    return gpu.allocate('the choice of kernels', bytes, () => {
      const [gateUp, down] = sizes.map(([rows, columns, both]) => randomWeights(gpu, rows, columns, both));
      const tokens = (label: string, width: number) => gpu.createTensor(label, [PREFILL_TOKENS, width]);
      const rows = {
        x: tokens('tune.x', cols),
        gain: gpu.createTensor('tune.gain', [cols]),
        normed: tokens('tune.normed', cols),
        gated: tokens('tune.gated', ffnSize),
        codes: tokens('tune.codes', ffnSize),
        y: tokens('tune.y', cols),
      };
      gpu.write(rows.x, noise(PREFILL_TOKENS * cols));
      gpu.write(rows.gain, new Float32Array(cols).fill(1));
      return new Bench(gpu, gateUp, down, rows);
    });
  }

  /** Milliseconds of an empty submit. */
  async idleMs(): Promise<number> {
    let least = Infinity;
    for (let i = 0; i < 3; i++) least = Math.min(least, await this.submit());
    return least;
  }

  /** Times the choices in rounds; drops those slower than 1.5 times the best. */
  async race(choices: Partial<KernelTuning>[], { numTokens, idleMs, deadline }: Race): Promise<Measured[]> {
    const { runners: all, wrong, repeats } = await this.prepare(choices, numTokens);
    let runners = all;
    for (let round = 0; round < ROUNDS && (round === 0 || performance.now() < deadline); round++) {
      for (const runner of runners) {
        const ms = (await this.submit(runner.program)) - idleMs;
        runner.ms = Math.min(runner.ms, Math.max(0.001, ms) / repeats);
      }
      const least = Math.min(...runners.map(({ ms }) => ms));
      runners = runners.filter(({ ms }) => ms < 1.5 * least);
    }
    for (const { program } of all) program.destroy();
    return [...all.map(({ measured, ms }) => ({ ...measured, ms })), ...wrong];
  }

  /** Compiles every choice and checks its output; wrong ones are not timed. */
  private async prepare(choices: Partial<KernelTuning>[], numTokens: number) {
    const runners: Runner[] = [];
    const wrong: Measured[] = [];
    let repeats = 0;
    const recorded = await Promise.all(choices.map((choice) => this.record(choice, numTokens, 1)));
    for (const [i, choice] of choices.entries()) {
      const { isInt8, program: once } = recorded[i];
      const got = await this.output(once, numTokens);
      const want = this.want.get(numTokens) ?? got;
      this.want.set(numTokens, want);
      if (agrees(got, want)) {
        if (repeats === 0) {
          const ms = Math.min(await this.submit(once), await this.submit(once));
          repeats = Math.min(MAX_REPEATS, Math.max(1, Math.ceil(MIN_TIMED_MS / ms)));
        }
        const { program } = await this.record(choice, numTokens, repeats);
        runners.push({ measured: { choice, isInt8 }, program, ms: Infinity });
      } else wrong.push({ choice, isInt8 });
      once.destroy();
    }
    return { runners, wrong, repeats };
  }

  private async record(choice: Partial<KernelTuning>, numTokens: number, repeats: number) {
    const { gpu, gateUp, down } = this;
    const { gain, codes } = this.rows;
    const of = (rows: Tensor) => firstRows(rows, numTokens);
    const [x, normed, gated, y] = [
      of(this.rows.x),
      of(this.rows.normed),
      of(this.rows.gated),
      of(this.rows.y),
    ];
    let isInt8 = false;
    const body = (pass: Pass) => {
      const input = rmsNorm(pass, { x, gain, y: normed, reader: gateUp, eps: 1e-6, label: 'tune.norm' });
      isInt8 = input !== normed;
      for (let i = 0; i < repeats; i++) {
        const product = { x: input, weights: gateUp, y: gated, reader: down, codes, label: 'tune.gateUp' };
        matmul(pass, { x: matmulSwiglu(pass, product), weights: down, y, label: 'tune.down' });
      }
    };
    const program = Program.record(gpu, 'tune', body, { ...gpu.tuning, ...choice });
    return { isInt8, program: await program.prepare() };
  }

  private async output(program: Program, numTokens: number): Promise<Float32Array> {
    this.gpu.submit([program]);
    return new Float32Array(await this.gpu.read(firstRows(this.rows.y, numTokens)));
  }

  private async submit(program?: Program): Promise<number> {
    const started = performance.now();
    this.gpu.submit(program ? [program] : []);
    await this.gpu.idle();
    return performance.now() - started;
  }

  destroy(): void {
    const matrices = [this.gateUp, this.down].flatMap(({ chunks }) => chunks.map(({ tensor }) => tensor));
    for (const { buffer } of [...matrices, ...Object.values(this.rows)]) this.gpu.destroyBuffer(buffer);
  }
}

function agrees(got: Float32Array, want: Float32Array): boolean {
  let [sumSq, errorSq] = [0, 0];
  got.forEach((value, i) => {
    sumSq += want[i] ** 2;
    errorSq += (value - want[i]) ** 2;
  });
  return Math.sqrt(errorSq) <= MAX_ERROR * Math.sqrt(sumSq) && sumSq > 0;
}

function matrixBytes(rows: number, cols: number, interleaved: boolean): number {
  return numTiles(rows, interleaved) * tileBytes('q4', cols);
}

/** INT4 weights near 1 / √cols: one random tile, repeated. */
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
