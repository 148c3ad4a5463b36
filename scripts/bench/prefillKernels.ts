// Times the prefill kernels at GLM-4-9B's shapes in Node through Dawn: the matrix kernels, interleaved, and attention
// over long caches. Outputs of a few rows are checked before timing.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { openGpu, type Gpu } from '../../src/gpu/device';
import { Program, type Pass } from '../../src/gpu/program';
import type { Tensor } from '../../src/gpu/tensor';
import { attention, attentionScratchShape } from '../../src/kernels/attention';
import { quantizedView } from '../../src/kernels/activations';
import { createKvLayer } from '../../src/kernels/kv';
import { matmul } from '../../src/kernels/matmul';
import { quantizeRows } from '../../src/kernels/quantizeRows';
import { encodeState, STATE_WORDS } from '../../src/kernels/state';
import { HARDWARE_TUNING, SOFTWARE_TUNING, type Arithmetic, type KernelTuning } from '../../src/gpu/tuning';
import { randomMatrix, uploadMatrix } from '../../src/kernels/weights.reference';
import { seeded } from '../../src/testing/random';
import { range, short, spread, table } from './statistics';
import { commandLine } from '../commandLine';
import { openDawn } from '../cli/dawn';

const { values } = commandLine(
  `VK_ICD_FILENAMES=…/lvp_icd.json node scripts/run.mjs scripts/bench/prefillKernels.ts [--tokens 4,8,64,512] [--rounds 7]
    [--shapes 4] [--kernels 'mat-vec;broadcast'] [--lengths 512,2048,8192] [--only matmul|attention]`,
  {
    tokens: { type: 'string', default: '4,8,64,512' },
    lengths: { type: 'string', default: '512,2048,8192' },
    rounds: { type: 'string', default: '7' },
    only: { type: 'string' },
    shapes: { type: 'string', default: '4' },
    kernels: { type: 'string', default: 'mat-vec;tiled, 16 lanes;tiled, 128 lanes;broadcast' },
  },
);
const SHAPES = [
  [4608, 4096],
  [4096, 4096],
  [27392, 4096],
  [4096, 13696],
] as const;
const numbers = (text: string) => text.split(',').map(Number);

/** Milliseconds of each program, interleaved; each is compiled and run once before. */
async function race(gpu: Gpu, bodies: ((pass: Pass) => void)[]): Promise<Timed[]> {
  const programs: Program[] = [];
  for (const body of bodies) programs.push(await Program.record(gpu, 'race', body).prepare());
  const runs = programs.map(() => ({ wall: [] as number[], cpu: [] as number[] }));
  for (let round = -1; round < Number(values.rounds); round++) {
    for (const [i, program] of programs.entries()) {
      const [start, cpuStart] = [performance.now(), adapterCpuMs()];
      gpu.submit([program]);
      await gpu.idle();
      if (round < 0) continue;
      runs[i].wall.push(performance.now() - start);
      runs[i].cpu.push((adapterCpuMs() - cpuStart) / availableParallelism());
    }
  }
  for (const program of programs) program.destroy();
  return runs.map(({ wall, cpu }) => ({ wall: spread(wall), cpu: spread(cpu) }));
}

/** Wall-clock time; for a CPU adapter also its threads' CPU time divided by the cores, independent of other load. */
interface Timed {
  wall: ReturnType<typeof spread>;
  cpu: ReturnType<typeof spread>;
}

/** CPU time so far of all threads except this one; 0 if the system does not report it. */
function adapterCpuMs(): number {
  if (!existsSync('/proc/self/schedstat')) return 0;
  return readdirSync('/proc/self/task')
    .filter((thread) => thread !== String(process.pid))
    .map((thread) => Number(readFileSync(`/proc/self/task/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1e6)
    .reduce((sum, ms) => sum + ms, 0);
}

function upload(gpu: Gpu, data: Float32Array | Uint8Array, shape: number[]): Tensor {
  const tensor = gpu.createTensor('data', [data.byteLength / 4]);
  gpu.write(tensor, new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength));
  return { ...tensor, shape };
}

/** Kernels by name: their tuning, and whether they read int8 activations. */
function variants(lanes: number | undefined): [string, Arithmetic, KernelTuning][] {
  const kinds: [string, KernelTuning][] = [
    ['mat-vec', { ...SOFTWARE_TUNING, broadcastLanes: 0 }],
    ['tiled, 16 lanes', SOFTWARE_TUNING],
    ['tiled, 128 lanes', HARDWARE_TUNING],
  ];
  if (lanes) kinds.push(['broadcast', { ...SOFTWARE_TUNING, broadcastLanes: lanes }]);
  const wanted = new Set(values.kernels.split(';'));
  return kinds
    .filter(([name]) => wanted.has(name))
    .flatMap(([name, tuning]) => [
      [`${name}, f32`, 'f32', tuning],
      [`${name}, int8`, 'dot4', tuning],
    ]);
}

/** Largest accepted error relative to a sum's magnitude; dot4 rounds activations to int8. */
const MAX_ERROR = { f32: 1e-4, dot4: 3e-2 };

async function matmuls(gpu: Gpu): Promise<void> {
  const rows: string[][] = [];
  for (const [N, K] of SHAPES.slice(0, Number(values.shapes))) {
    const matrix = randomMatrix({ format: 'q4', rows: N, cols: K }, seeded(N + K));
    const weights = uploadMatrix({ tensor: (data, shape) => upload(gpu, data, shape) }, matrix);
    const sampled = [0, N >> 1, N - 1].map((row) => ({ row, weights: matrix.row(row) }));
    for (const T of numbers(values.tokens)) {
      const data = seeded(T).normal(T * K);
      const x = upload(gpu, data, [T, K]);
      const codes = quantizedView(gpu.createTensor('codes', [T, K]));
      const y = gpu.createTensor('y', [T, N]);
      const toRun = variants(gpu.adapter.subgroupSize).filter(([name]) => T <= 8 || !name.startsWith('mat'));
      const bodies = toRun.map(([, arithmetic, tuning]) => (pass: Pass) => {
        matmul({ ...pass, tuning }, { x: arithmetic === 'f32' ? x : codes, weights, y });
      });
      gpu.submit([
        await Program.record(gpu, 'codes', (pass) => quantizeRows(pass, { x, y: codes })).prepare(),
      ]);
      for (const [i, [name, arithmetic]] of toRun.entries()) {
        gpu.write(y, new Float32Array(T * N));
        gpu.submit([await Program.record(gpu, name, bodies[i]).prepare()]);
        const got = new Float32Array(await gpu.read(y));
        for (const { row, weights: w } of sampled) {
          const want = w.reduce((sum, value, k) => sum + value * data[(T - 1) * K + k], 0);
          const size = Math.sqrt(w.reduce((sum, value) => sum + value ** 2, 0)); // for a sum over normal activations
          const error = Math.abs(got[(T - 1) * N + row] - want) / size;
          if (!(error < MAX_ERROR[arithmetic])) throw new Error(`${name}: row ${row} is off by ${error}`);
        }
      }
      const times = await race(gpu, bodies);
      for (const [i, [name]] of toRun.entries()) {
        const { wall, cpu } = times[i];
        const best = cpu.min > 0 ? cpu.min : wall.min;
        const rate = short((2e-6 * N * K * T) / best);
        rows.push([`${K}→${N}`, String(T), name, range(wall), range(cpu), rate]);
      }
      for (const tensor of [x, codes, y]) gpu.destroyBuffer(tensor.buffer);
    }
    for (const { tensor } of weights.chunks) gpu.destroyBuffer(tensor.buffer);
  }
  const head = ['shape', 'tokens', 'kernel', 'ms by the clock', 'ms of processors', 'GFLOP/s, best'];
  process.stdout.write(`${table(head, rows)}\n\n`);
}

async function attentions(gpu: Gpu): Promise<void> {
  const [numHeads, numKvHeads, headDim] = [32, 2, 128];
  const rows: string[][] = [];
  for (const length of numbers(values.lengths)) {
    for (const T of [1, 64]) {
      const q = upload(gpu, seeded(T).normal(T * numHeads * headDim), [T, numHeads * headDim]);
      const y = gpu.createTensor('y', [T, numHeads * headDim]);
      const state = gpu.createTensor('state', [STATE_WORDS], 'u32');
      gpu.write(state, encodeState({ slot: length - T, counter: 0 }));
      const scratch = gpu.createTensor(
        'scratch',
        attentionScratchShape({ numHeads, headDim, maxLength: length }),
      );
      const layers = (['f16', 'f32'] as const).map((format) =>
        createKvLayer(gpu, format, { format, capacity: length, numKvHeads, headDim }),
      );
      const times = await race(
        gpu,
        layers.map((kv) => (pass: Pass) => attention(pass, { q, kv, state, y, numHeads, scratch })),
      );
      rows.push([String(length), String(T), ...times.map(({ wall }) => range(wall))]);
      for (const tensor of [q, y, state, scratch, ...layers.flatMap(({ k, v }) => [k, v])])
        gpu.destroyBuffer(tensor.buffer);
    }
  }
  process.stdout.write(`ms, one layer\n${table(['positions', 'tokens', 'f16', 'f32'], rows)}\n`);
}

const api = await openDawn();
const gpu = await openGpu(api);
process.stdout.write(`${gpu.adapter.description}, subgroups of ${gpu.adapter.subgroupSize}\n\n`);
if (values.only !== 'attention') await matmuls(gpu);
if (values.only !== 'matmul') await attentions(gpu);
process.exit(api ? 0 : 1); // keeps the API object alive: it must outlive its devices
