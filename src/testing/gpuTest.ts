// GPU tests run in a real browser on its default adapter; without one they are reported as "skipped", never "passed".
import { test } from 'vitest';
import type { Gpu } from '../gpu/device';
import { openGpu } from '../gpu/device';
import type { Pass } from '../gpu/program';
import { Program } from '../gpu/program';
import type { Tensor } from '../gpu/tensor';
import { AppError } from '../shared/errors';

/** A device with helpers to upload, run once and read back; a test's resources are freed at its end. */
export class TestGpu {
  private readonly made: Tensor[] = [];

  constructor(readonly gpu: Gpu) {}

  /** Uploads data as a tensor of this shape. */
  tensor(data: Float32Array | Uint32Array | Uint8Array, shape: number[], label = 'test'): Tensor {
    const dtype = data instanceof Float32Array ? 'f32' : 'u32';
    const byteLength = Math.ceil(data.byteLength / 4) * 4;
    const tensor: Tensor = {
      label,
      buffer: this.gpu.createBuffer(label, byteLength),
      offset: 0,
      byteLength,
      dtype,
      shape,
    };
    const padded = new Uint8Array(byteLength);
    padded.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    this.gpu.write(tensor, padded);
    this.made.push(tensor);
    return tensor;
  }

  /** A zeroed f32 tensor. */
  zeros(shape: number[], label = 'zeros'): Tensor {
    const tensor = this.gpu.createTensor(label, shape);
    this.made.push(tensor);
    return tensor;
  }

  /** Records, prepares and runs `body` once. */
  async run(body: (pass: Pass) => void): Promise<void> {
    const program = await Program.record(this.gpu, 'test', body).prepare();
    this.gpu.submit([program]);
    await this.gpu.idle();
    program.destroy();
  }

  /** Runs `body` with a fresh output tensor of this shape and returns its values. */
  async compute(shape: number[], body: (pass: Pass, out: Tensor) => void): Promise<Float32Array> {
    const out = this.zeros(shape, 'out');
    await this.run((pass) => body(pass, out));
    return this.readF32(out);
  }

  async readF32(tensor: Tensor): Promise<Float32Array> {
    return new Float32Array(await this.gpu.read(tensor));
  }

  async readU32(tensor: Tensor): Promise<Uint32Array> {
    return new Uint32Array(await this.gpu.read(tensor));
  }

  release(): void {
    for (const { buffer } of this.made) this.gpu.destroyBuffer(buffer);
    this.made.length = 0;
  }
}

let opened: Promise<Gpu | undefined> | undefined;

/** The adapter shared by the tests of one file; undefined if the browser has none. */
function sharedGpu(): Promise<Gpu | undefined> {
  opened ??= openGpu(navigator.gpu).catch((error: unknown) => {
    if (error instanceof AppError && (error.code === 'no-webgpu' || error.code === 'no-adapter'))
      return undefined;
    throw error;
  });
  return opened;
}

/** vitest's `test` with a `gpu` fixture. */
export const gpuTest = test.extend<{ gpu: TestGpu }>({
  gpu: async ({ skip }, use) => {
    const gpu = await sharedGpu();
    if (!gpu) return skip('not run: this browser has no WebGPU adapter');
    const testGpu = new TestGpu(gpu);
    await use(testGpu);
    testGpu.release();
    gpu.check();
  },
});
