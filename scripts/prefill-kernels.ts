// Times the prefill kernels at the shapes of GLM-4-9B in Node through Dawn: the matrix kernels against each other,
// turn and turn about, and attention over long caches. Outputs of a few rows are checked before anything is timed.
//
//   VK_ICD_FILENAMES=…/lvp_icd.json npx vite-node scripts/prefill-kernels.ts -- [--tokens 4,8,64,512] [--rounds 7]
//       [--lengths 512,2048,8192] [--only matmul|attention]
import { parseArgs } from 'node:util';
import { openGpu, type Gpu } from '../src/gpu/device';
import { Program, type Pass } from '../src/gpu/program';
import type { Tensor } from '../src/gpu/tensor';
import { attention, attentionScratchShape } from '../src/kernels/attention';
import { createKvLayer } from '../src/kernels/kv';
import { matmul } from '../src/kernels/matmul';
import { encodeState, STATE_WORDS } from '../src/kernels/state';
import { HARDWARE_TUNING, setTuning, SOFTWARE_TUNING, type KernelTuning } from '../src/kernels/tuning';
import { randomMatrix, uploadMatrix } from '../src/kernels/weights.reference';
import { seeded } from '../src/testing/random';
import { range, short, spread, table } from './bench/statistics';

const { values } = parseArgs({
  args: process.argv.slice(2).filter((arg) => arg !== '--'),
  options: {
    tokens: { type: 'string', default: '4,8,64,512' },
    lengths: { type: 'string', default: '512,2048,8192' },
    rounds: { type: 'string', default: '7' },
    only: { type: 'string' },
  },
});
const SHAPES = [
  [4608, 4096],
  [4096, 4096],
  [27392, 4096],
  [4096, 13696],
] as const;
const numbers = (text: string) => text.split(',').map(Number);

/** Milliseconds of each program, interleaved; each is compiled and run once before. */
async function race(gpu: Gpu, bodies: ((pass: Pass) => void)[]): Promise<ReturnType<typeof spread>[]> {
  const programs: Program[] = [];
  for (const body of bodies) programs.push(await Program.record(gpu, 'race', body).prepare());
  const runs = programs.map((): number[] => []);
  for (let round = -1; round < Number(values.rounds); round++) {
    for (const [i, program] of programs.entries()) {
      const start = performance.now();
      gpu.submit([program]);
      await gpu.idle();
      if (round >= 0) runs[i].push(performance.now() - start);
    }
  }
  for (const program of programs) program.destroy();
  return runs.map(spread);
}

function upload(gpu: Gpu, data: Float32Array | Uint8Array, shape: number[]): Tensor {
  const tensor = gpu.createTensor('data', [data.byteLength / 4]);
  gpu.write(tensor, new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength));
  return { ...tensor, shape };
}

async function matmuls(gpu: Gpu): Promise<void> {
  const { subgroupSize: broadcastLanes } = gpu.adapter;
  const variants: [string, KernelTuning][] = [
    ['tiled, 16 lanes', SOFTWARE_TUNING],
    ['tiled, 128 lanes', HARDWARE_TUNING],
  ];
  if (broadcastLanes) variants.push(['broadcast', { ...SOFTWARE_TUNING, broadcastLanes }]);
  const rows: string[][] = [];
  for (const [N, K] of SHAPES) {
    const matrix = randomMatrix({ format: 'q4', rows: N, cols: K }, seeded(N + K));
    const weights = uploadMatrix({ tensor: (data, shape) => upload(gpu, data, shape) }, matrix);
    for (const T of numbers(values.tokens)) {
      const data = seeded(T).normal(T * K);
      const x = upload(gpu, data, [T, K]);
      const y = gpu.createTensor('y', [T, N]);
      const bodies = variants.map(([, tuning]) => (pass: Pass) => {
        setTuning(tuning);
        matmul(pass, { x, weights, y });
      });
      const times = await race(gpu, bodies);
      const got = new Float32Array(await gpu.read(y));
      for (const row of [0, N - 1]) {
        const w = matrix.row(row);
        const want = w.reduce((sum, value, k) => sum + value * data[(T - 1) * K + k], 0);
        const error = Math.abs(got[(T - 1) * N + row] - want);
        if (!(error < 1e-4 * Math.max(1, Math.abs(want)))) throw new Error(`row ${row} is off by ${error}`);
      }
      const rate = ({ min, median }: (typeof times)[0]) =>
        `${short((2e-6 * N * K * T) / median)} (best ${short((2e-6 * N * K * T) / min)})`;
      rows.push([`${K}→${N}`, String(T), ...times.map(rate)]);
      for (const tensor of [x, y]) gpu.destroyBuffer(tensor.buffer);
    }
    for (const { tensor } of weights.chunks) gpu.destroyBuffer(tensor.buffer);
  }
  process.stdout.write(`GFLOP/s\n${table(['shape', 'tokens', ...variants.map(([name]) => name)], rows)}\n\n`);
}

async function attentions(gpu: Gpu): Promise<void> {
  const [numHeads, numKvHeads, headDim] = [32, 2, 128];
  const rows: string[][] = [];
  for (const length of numbers(values.lengths)) {
    for (const T of [1, 64]) {
      const q = upload(gpu, seeded(T).normal(T * numHeads * headDim), [T, numHeads * headDim]);
      const y = gpu.createTensor('y', [T, numHeads * headDim]);
      const state = gpu.createTensor('state', [STATE_WORDS], 'u32');
      gpu.write(state, encodeState({ position: length - T, counter: 0 }));
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
      rows.push([String(length), String(T), ...times.map(range)]);
      for (const tensor of [q, y, state, scratch, ...layers.flatMap(({ k, v }) => [k, v])])
        gpu.destroyBuffer(tensor.buffer);
    }
  }
  process.stdout.write(`ms, one layer\n${table(['positions', 'tokens', 'f16', 'f32'], rows)}\n`);
}

const dawn = await import('webgpu');
Object.assign(globalThis, dawn.globals);
const api = dawn.create([]);
const gpu = await openGpu(api);
process.stdout.write(`${gpu.adapter.description}, subgroups of ${gpu.adapter.subgroupSize}\n\n`);
if (values.only !== 'attention') await matmuls(gpu);
if (values.only !== 'matmul') await attentions(gpu);
process.exit(api ? 0 : 1); // the API object has to outlive its devices
