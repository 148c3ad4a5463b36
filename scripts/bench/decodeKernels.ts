// Times the variants of the one-token kernels at GLM-4-9B's shapes, in Node through Dawn. Every variant's output is
// checked against the float variant before timing. A kernel's time is the slope between n and 2n repetitions in one pass.
import { openGpu, type Gpu } from '../../src/gpu/device';
import { Program } from '../../src/gpu/program';
import type { Tensor } from '../../src/gpu/tensor';
import { QUANTIZED_WORDS } from '../../src/kernels/activations';
import { matmul, matmulSwiglu } from '../../src/kernels/matmul';
import { packQuantized, quantizeReference } from '../../src/kernels/quantize.reference';
import { SOFTWARE_TUNING, type Arithmetic, type KernelTuning } from '../../src/gpu/tuning';
import { randomMatrix, uploadMatrix } from '../../src/kernels/weights.reference';
import { rootMeanSquare } from '../../src/testing/expectClose';
import { seeded } from '../../src/testing/random';
import { range, short, spread, table } from './statistics';
import { commandLine } from '../commandLine';
import { openDawn } from '../cli/dawn';

const { values } = commandLine(
  `VK_ICD_FILENAMES=…/lvp_icd.json node scripts/run.mjs scripts/bench/decodeKernels.ts [--shapes qkv,out,gateUp,down]
    [--rounds 7] [--variants f32:64x1x2,dot4:64x1x2]   (rows × slices × tiles, or s32: subgroups)`,
  {
    shapes: { type: 'string', default: 'qkv,out,gateUp,down' },
    rounds: { type: 'string', default: '7' },
    variants: {
      type: 'string',
      default: 'f32:64x1x4,f32:64x1x2,dot4:64x1x4,dot4:64x1x2,dot4:s32',
    },
  },
);
const SHAPES: Record<string, [rows: number, cols: number]> = {
  qkv: [4608, 4096],
  out: [4096, 4096],
  gateUp: [27392, 4096],
  down: [4096, 13696],
};
/** Bytes read before a matrix is used again; more than any cache holds. */
const ROTATED_BYTES = 150e6;
const TIMED_BYTES = 100e6;

function variantOf(text: string): { arithmetic: Arithmetic; tuning: KernelTuning } {
  const [arithmetic, layout] = text.split(':');
  const [matvecRows, matvecSlices, matvecTiles] = layout.split('x').map(Number);
  const tuning = layout.startsWith('s')
    ? { ...SOFTWARE_TUNING, subgroupLanes: Number(layout.slice(1)) }
    : { ...SOFTWARE_TUNING, matvecRows, matvecSlices, matvecTiles };
  return { arithmetic: arithmetic as Arithmetic, tuning };
}

function upload(gpu: Gpu, data: Float32Array | Uint8Array | Uint32Array, shape: number[]): Tensor {
  const tensor = gpu.createTensor(
    'data',
    [data.byteLength / 4],
    data instanceof Float32Array ? 'f32' : 'u32',
  );
  gpu.write(tensor, new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength));
  return { ...tensor, shape };
}

async function race(gpu: Gpu, name: string): Promise<string[][]> {
  const [rows, cols] = SHAPES[name];
  const interleaved = name === 'gateUp';
  const matrix = randomMatrix({ format: 'q4', rows, cols, interleaved }, seeded(rows));
  const weightBytes = matrix.bytes.length;
  const copies = Math.max(2, Math.min(8, Math.ceil(ROTATED_BYTES / weightBytes)));
  const weights = Array.from({ length: copies }, () =>
    uploadMatrix({ tensor: (data, shape) => upload(gpu, data, shape) }, matrix),
  );
  const floats = seeded(3).normal(cols);
  const quantized = quantizeReference(floats);
  const xs = {
    f32: upload(gpu, floats, [1, cols]),
    dot4: upload(gpu, packQuantized(quantized), [1, cols / 32, QUANTIZED_WORDS]),
  };
  const repeats = Math.max(1, Math.round(TIMED_BYTES / weightBytes));
  const y = gpu.createTensor('y', [1, interleaved ? rows / 2 : rows]);
  let want: Float32Array | undefined;
  const runners = [];
  for (const text of values.variants.split(',')) {
    const { arithmetic, tuning } = variantOf(text);
    const record = (count: number) =>
      Program.record(
        gpu,
        text,
        (pass) => {
          for (let i = 0; i < count; i++)
            (interleaved ? matmulSwiglu : matmul)(pass, {
              x: xs[arithmetic],
              weights: weights[i % copies],
              y,
            });
        },
        tuning,
      ).prepare();
    const programs = [await record(repeats), await record(2 * repeats)];
    gpu.submit([programs[0]]);
    const got = new Float32Array(await gpu.read(y));
    want ??= got;
    const error = rootMeanSquare(got.map((value, i) => value - (want?.[i] ?? 0))) / rootMeanSquare(want);
    if (!(error < 3e-2)) throw new Error(`${text} at ${name} is off by ${error} of the RMS`);
    runners.push({ text, programs, error, ms: [] as number[] });
  }
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const { programs, ms } of runners) {
      const times: number[] = [];
      for (const program of programs) {
        const started = performance.now();
        gpu.submit([program]);
        await gpu.idle();
        times.push(performance.now() - started);
      }
      ms.push((times[1] - times[0]) / repeats);
    }
  }
  for (const { chunks } of weights) for (const { tensor } of chunks) gpu.destroyBuffer(tensor.buffer);
  return runners.map(({ text, error, ms }) => {
    const times = spread(ms);
    return [name, text, error.toExponential(1), range(times), short(weightBytes / times.median / 1e6)];
  });
}

const api = await openDawn();
const gpu = await openGpu(api);
process.stdout.write(`${gpu.adapter.description}\n\n`);
const lines: string[][] = [];
for (const name of values.shapes.split(',')) lines.push(...(await race(gpu, name)));
process.stdout.write(`${table(['matrix', 'variant', 'error', 'ms', 'GB/s'], lines)}\n`);
process.exit(api ? 0 : 1); // keeps the API object alive: it must outlive its devices
