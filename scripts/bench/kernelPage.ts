// One INT4 matrix product with our kernels and with ONNX Runtime Web's MatMulNBits, on the same weights; driven by peers.ts.
import { openGpu } from '../../src/gpu/device';
import { Program } from '../../src/gpu/program';
import type { Tensor, WeightMatrix } from '../../src/gpu/tensor';
import { matmul } from '../../src/kernels/matmul';
import { asReadBy } from '../../src/kernels/activations';
import { rmsNorm } from '../../src/kernels/rmsnorm';
import { tuneDevice } from '../../src/model/tuneDevice';
import { floatToHalf, halfToFloat } from '../../src/shared/half';
import { TILE_ROWS, numTiles, tileBytes } from '../../src/shared/weightLayout';
import { seeded } from '../../src/testing/random';
import { packRows } from '../../src/weights/pack/packer';
import { matMulNBitsModel, type NBitsWeights } from './onnxModel';

export interface KernelShape {
  M: number;
  K: number;
  N: number;
}
export type Contender = 'ours' | 'ort-native' | 'ort-native-int8' | 'ort-jsep';

declare global {
  interface Window {
    /** Creates weights and all contenders for a shape; returns the largest error of each, relative to the output's RMS. */
    kernelPrepare(shape: KernelShape, contenders: Contender[]): Promise<Record<string, number | string>>;
    /** Milliseconds of one product. */
    kernelTime(contender: Contender): Promise<number>;
    kernelRelease(): Promise<void>;
  }
}

/** One contender at one shape. */
interface Runner {
  /** Runs the product of every copy once; resolves when the GPU has finished. */
  run(): Promise<void>;
  /** Output of the first copy, [M, N]. */
  output(): Promise<Float32Array>;
  release(): Promise<void>;
}

/** Total bytes of the copies of the weights; more than caches hold. */
const ROTATED_BYTES = 64e6;
const CHECKED_ROWS = 48;
/** Largest accepted error / RMS. int8 activations err by about 1 %, by 5 % at the worst of thousands of values. */
const MAX_ERROR = 0.08;

let runners = new Map<Contender, Runner>();
let copies = 1;
const opened = openGpu(navigator.gpu);

function randomWeights({ K, N }: KernelShape, seed: number): NBitsWeights {
  const random = seeded(seed);
  const codes = new Uint8Array((N * K) / 2);
  const page = random.bytes(1 << 20);
  const step = page.length / 2;
  for (let at = 0, i = 0; at < codes.length; at += step, i++) {
    const from = (i * 7919) % step; // each part starts at another offset of the page
    codes.set(page.subarray(from, from + Math.min(step, codes.length - at)), at);
  }
  const scale = () => halfToFloat(floatToHalf((0.5 + random.uniform()) / 5 / Math.sqrt(K)));
  return { codes, scales: Float32Array.from({ length: (N * K) / 32 }, scale) };
}

/** Rows of RMS 1, unchanged by a norm. */
function unitRms(x: Float32Array, K: number): Float32Array {
  for (let start = 0; start < x.length; start += K) {
    const row = x.subarray(start, start + K);
    const rms = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0) / K);
    row.forEach((value, i) => (row[i] = value / rms));
  }
  return x;
}

/** The same weights as Q4_0 rows, packed into tiles by the app's packer and uploaded. */
async function ourRunner(shape: KernelShape, x: Float32Array, weights: NBitsWeights[]): Promise<Runner> {
  const { M, K, N } = shape;
  const gpu = await opened;
  await tuneDevice(gpu, {});
  const tensors: Tensor[] = [];
  const input = gpu.createTensor('x', [M, K]);
  const output = gpu.createTensor('y', [M, N]);
  tensors.push(input, output);
  const matrices = weights.map((part): WeightMatrix => {
    const stride = tileBytes('q4', K);
    const tiles = numTiles(N, false);
    const tensor = gpu.createTensor('weights', [(tiles * stride) / 4], 'u32');
    tensors.push(tensor);
    for (let tile = 0; tile < tiles; tile++) {
      const bytes = new Uint8Array(stride);
      const run = { tensor: 'w', type: 'Q4_0' as const, offset: 0, numRows: TILE_ROWS, firstRow: 0 };
      packRows({ ...run, bytes: toQ4(part, K, tile * TILE_ROWS) }, 'q4', K, bytes);
      gpu.device.queue.writeBuffer(tensor.buffer, tensor.offset + tile * stride, bytes);
    }
    const chunks = [{ firstTile: 0, numTiles: tiles, tensor }];
    return { label: 'w', rows: N, cols: K, format: 'q4', interleaved: false, chunks };
  });
  // As in a real pass, the preceding norm stores the activations in the form the product's tuning reads: floats or int8.
  const read = asReadBy(matrices[0], input, gpu.tuning);
  const raw = read === input ? input : gpu.createTensor('raw', [M, K]);
  const gain = gpu.createTensor('gain', [K]);
  tensors.push(gain, ...(raw === input ? [] : [raw]));
  gpu.write(raw, new Uint8Array(x.buffer as ArrayBuffer));
  gpu.write(gain, new Uint8Array(new Float32Array(K).fill(1).buffer));
  const norm = await Program.record(gpu, 'norm', (pass) => {
    if (raw !== input) rmsNorm(pass, { x: raw, gain, y: read, eps: 0 });
  }).prepare();
  const record = (count: number) =>
    Program.record(gpu, 'kernel', (pass) => {
      for (const matrix of matrices.slice(0, count)) matmul(pass, { x: read, weights: matrix, y: output });
    }).prepare();
  const [all, first] = await Promise.all([record(matrices.length), record(1)]);
  gpu.submit([norm]);
  return {
    async run() {
      gpu.submit([all]);
      await gpu.idle();
    },
    async output() {
      gpu.submit([first]);
      return new Float32Array(await gpu.read(output));
    },
    async release() {
      for (const { buffer } of tensors) gpu.destroyBuffer(buffer);
      for (const program of [norm, all, first]) program.destroy();
    },
  };
}

/** 64 rows as Q4_0 blocks: an f16 scale, then weights i and i + 16 in byte i. */
function toQ4({ codes, scales }: NBitsWeights, K: number, firstRow: number): Uint8Array {
  const groups = K / 32;
  const bytes = new Uint8Array(TILE_ROWS * groups * 18);
  const view = new DataView(bytes.buffer);
  for (let block = 0; block < TILE_ROWS * groups; block++) {
    const from = firstRow * groups + block;
    view.setUint16(block * 18, floatToHalf(scales[from]), true);
    for (let i = 0; i < 16; i++)
      bytes[block * 18 + 2 + i] = code(codes, from, i) | (code(codes, from, i + 16) << 4);
  }
  return bytes;
}

/** Code i of a group of 32. */
function code(codes: Uint8Array, group: number, i: number): number {
  return (codes[group * 16 + (i >> 1)] >> (4 * (i & 1))) & 15;
}

/** The part of ONNX Runtime Web's API used here. */
interface OrtTensor {
  getData(): Promise<Float32Array>;
  dispose(): void;
}
interface OrtSession {
  run(feeds: Record<string, OrtTensor>): Promise<Record<string, OrtTensor>>;
  release(): Promise<void>;
}
interface Ort {
  env: { wasm: { wasmPaths: string; numThreads: number }; webgpu: { device: Promise<GPUDevice> } };
  InferenceSession: { create(model: Uint8Array, options: object): Promise<OrtSession> };
  Tensor: {
    new (type: string, data: Float32Array, dims: number[]): OrtTensor;
    fromGpuBuffer(buffer: GPUBuffer, options: object): OrtTensor;
  };
}

const ORT_FOLDER = '/peers/onnxruntime-web/dist/';
/** Each provider is a separate build. */
const ORT_BUILDS = { native: 'ort.webgpu.bundle.min.mjs', jsep: 'ort.bundle.min.mjs' };

async function ortRunner(
  provider: keyof typeof ORT_BUILDS,
  shape: KernelShape & { accuracyLevel: number },
  x: Float32Array,
  weights: NBitsWeights[],
): Promise<Runner> {
  const ort = (await import(/* @vite-ignore */ ORT_FOLDER + ORT_BUILDS[provider])) as Ort;
  ort.env.wasm.wasmPaths = ORT_FOLDER;
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(matMulNBitsModel(shape, weights), {
    executionProviders: ['webgpu'],
    preferredOutputLocation: 'gpu-buffer',
  });
  const device = await ort.env.webgpu.device;
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
  const buffer = device.createBuffer({ size: x.byteLength, usage });
  device.queue.writeBuffer(buffer, 0, x.buffer as ArrayBuffer);
  const feeds = {
    x: ort.Tensor.fromGpuBuffer(buffer, { dataType: 'float32', dims: [shape.M, shape.K] }),
  };
  return {
    async run() {
      const outputs = await session.run(feeds);
      await device.queue.onSubmittedWorkDone();
      for (const tensor of Object.values(outputs)) tensor.dispose();
    },
    async output() {
      const outputs = await session.run(feeds);
      const data = (await outputs.y0.getData()).slice();
      for (const tensor of Object.values(outputs)) tensor.dispose();
      return data;
    },
    async release() {
      await session.release();
      buffer.destroy();
    },
  };
}

/** The largest error of some rows against sums in f64, relative to the RMS. */
function errorOf(
  shape: KernelShape,
  x: Float32Array,
  { codes, scales }: NBitsWeights,
  y: Float32Array,
): number {
  const { M, K, N } = shape;
  if (y.length !== M * N) return Infinity;
  const random = seeded(N);
  let worst = 0;
  let sumSq = 0;
  for (let i = 0; i < CHECKED_ROWS; i++) {
    const [row, token] = [random.int(N), random.int(M)];
    let want = 0;
    for (let k = 0; k < K; k++) {
      const group = (row * K + k) >> 5;
      want += x[token * K + k] * scales[group] * (code(codes, group, k & 31) - 8);
    }
    const error = Math.abs(y[token * N + row] - want);
    worst = Number.isFinite(error) ? Math.max(worst, error) : Infinity;
    sumSq += want * want;
  }
  return worst / Math.sqrt(sumSq / CHECKED_ROWS);
}

window.kernelPrepare = async (shape, contenders) => {
  copies = Math.max(2, Math.ceil(ROTATED_BYTES / (shape.K * shape.N * 0.5625)));
  const weights = Array.from({ length: copies }, (_, i) => randomWeights(shape, shape.N + i));
  const x = unitRms(seeded(shape.K).normal(shape.M * shape.K), shape.K);
  const make = {
    ours: () => ourRunner(shape, x, weights),
    'ort-native': () => ortRunner('native', { ...shape, accuracyLevel: 0 }, x, weights),
    'ort-native-int8': () => ortRunner('native', { ...shape, accuracyLevel: 4 }, x, weights),
    'ort-jsep': () => ortRunner('jsep', { ...shape, accuracyLevel: 0 }, x, weights),
  };
  const errors: Record<string, number | string> = {};
  runners = new Map();
  for (const contender of contenders) {
    try {
      const runner = await make[contender]();
      errors[contender] = errorOf(shape, x, weights[0], await runner.output());
      if ((errors[contender] as number) > MAX_ERROR) continue; // wrong answers are not timed
      await runner.run();
      runners.set(contender, runner);
    } catch (error) {
      errors[contender] = (error as Error).message; // a provider that is missing from the package or fails
    }
  }
  return errors;
};

window.kernelTime = async (contender) => {
  const runner = runners.get(contender);
  if (!runner) return NaN;
  const started = performance.now();
  await runner.run();
  return (performance.now() - started) / copies;
};

window.kernelRelease = async () => {
  for (const runner of runners.values()) await runner.release();
  runners.clear();
};
