// The WebGPU device: opening it, its limits, its memory, its loss. Only this room submits work.
import { AppError } from '../shared/errors';
import { OPTIONAL_FEATURES, requestAdapter, summarise, type AdapterSummary } from './adapter';
import type { Kernel } from './kernel';
import { wgslWithConstants } from './kernel';
import type { Dtype, Tensor } from './tensor';
import { sizeOf } from '../shared/shape';
import { outOfMemory, type Holding } from './memoryError';
import { defaultTuning, type KernelTuning } from './tuning';

/** One copy into a staging buffer after a submit's compute pass. */
export interface Copy {
  from: Tensor;
  to: GPUBuffer;
  /** Bytes; default 0. */
  toOffset?: number;
}

/** A piece of one buffer copied to another; offsets and length in bytes, multiples of 4. */
export interface ByteCopy {
  from: GPUBuffer;
  fromOffset: number;
  to: GPUBuffer;
  toOffset: number;
  byteLength: number;
}

/** Anything that can record its dispatches into an open compute pass. */
export interface Encodable {
  encode(pass: GPUComputePassEncoder): void;
}

/**
 * Finds an adapter and opens a device with default limits. Of optional features only `subgroups` is asked for, where
 * there are any: a kernel variant uses them, no kernel needs them.
 * @param api navigator.gpu, or Dawn's object in Node.
 * @throws AppError no-webgpu, no-adapter, limits-too-small; device-lost when the browser refuses a device
 */
export async function openGpu(api: GPU | undefined): Promise<Gpu> {
  const adapter = await requestAdapter(api);
  const requiredFeatures = OPTIONAL_FEATURES.filter((name) => adapter.features.has(name));
  const device = await adapter
    .requestDevice({ label: 'engine', requiredFeatures })
    .catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      throw new AppError('device-lost', `The GPU gave no device: ${why}`, { reason: 'refused' }, error);
    });
  return new Gpu(device, summarise(adapter));
}

export type { Holding } from './memoryError';

/** How long the loss of the device may follow the error that it caused. */
const LOSS_FOLLOWS_MS = 2000;

/**
 * The device with its pipelines and an account of its memory. A {@link share} is the same device with an account of its
 * own, whose bytes count in the whole as well.
 */
export class Gpu {
  /** Resolves once, when the device is gone for good: lost, or given up after an error outside an error scope. */
  readonly lost: Promise<AppError>;
  private readonly pipelines: Map<string, Promise<GPUComputePipeline>>;
  private readonly layouts: Map<string, GPUBindGroupLayout>;
  private readonly kernelIds: Map<Kernel, number>;
  private readonly shares = new Set<Gpu>();
  private ownTuning: KernelTuning;
  private firstError: AppError | undefined;
  private resolveLost: (error: AppError) => void = () => undefined;
  /** Buffers are being made inside the error scopes of {@link allocate}. */
  private isScoped = false;
  private bytes = 0;

  constructor(
    readonly device: GPUDevice,
    readonly adapter: AdapterSummary,
    private readonly whole?: Gpu,
    private readonly owner = '',
  ) {
    this.pipelines = whole?.pipelines ?? new Map<string, Promise<GPUComputePipeline>>();
    this.layouts = whole?.layouts ?? new Map<string, GPUBindGroupLayout>();
    this.ownTuning = defaultTuning(adapter);
    this.kernelIds = whole?.kernelIds ?? new Map<Kernel, number>();
    if (whole) {
      this.lost = whole.lost;
      return;
    }
    this.lost = new Promise((resolve) => (this.resolveLost = resolve));
    void device.lost.then(({ reason, message }) => {
      this.giveUp(
        new AppError(
          'device-lost',
          `The GPU device was lost (${reason}): ${message}. Load the model again.`,
          { reason },
        ),
      );
    });
    device.addEventListener('uncapturederror', ({ error: { message } }) => {
      this.giveUp(
        new AppError('device-lost', `WebGPU failed: ${message}. Load the model again.`, { reason: 'error' }),
      );
    });
  }

  /** After an error whose effects are unknown, the device is not used again: its owner opens a new one. */
  private giveUp(error: AppError): void {
    if (this.whole) return this.whole.giveUp(error);
    if (this.firstError) return;
    this.firstError = error;
    this.resolveLost(error);
    this.device.destroy();
  }

  /** Waits for the loss of the device, which may be reported after the failures that it causes. */
  private async lossFollows(): Promise<void> {
    if ((this.whole ?? this).firstError) return;
    await Promise.race([this.lost, new Promise((resolve) => setTimeout(resolve, LOSS_FOLLOWS_MS))]);
  }

  /** Variants of the kernels that programs recorded from now on use; shares have those of the whole device. */
  get tuning(): KernelTuning {
    return this.whole?.tuning ?? this.ownTuning;
  }

  set tuning(tuning: KernelTuning) {
    if (this.whole) this.whole.tuning = tuning;
    else this.ownTuning = tuning;
  }

  /** The device in words, for messages. */
  get name(): string {
    const { vendor, architecture, description } = this.adapter;
    return [vendor, architecture, description].filter(Boolean).join(' ') || 'an unnamed GPU';
  }

  /** Pipelines asked for so far: does not grow once everything is warm. */
  get pipelineCount(): number {
    return this.pipelines.size;
  }

  /** Bytes of all live buffers made through this object and its shares. */
  get allocatedBytes(): number {
    return this.bytes;
  }

  /** The same device; buffers made through it are counted as the owner's. Errors of the device reach all shares. */
  share(owner: string): Gpu {
    const share = new Gpu(this.device, this.adapter, this, owner);
    this.shares.add(share);
    return share;
  }

  /** Owners that hold memory, the largest first. */
  get holdings(): Holding[] {
    const shares = this.whole?.shares ?? this.shares;
    const held = [...shares].map(({ owner, bytes }) => ({ owner, bytes })).filter(({ bytes }) => bytes > 0);
    return held.sort((a, b) => b.bytes - a.bytes);
  }

  /** Ends the account of a share; what it may still free is taken off the whole as before. */
  endShare(): void {
    this.whole?.shares.delete(this);
  }

  private count(bytes: number): void {
    this.bytes += bytes;
    this.whole?.count(bytes);
  }

  /** @throws AppError device-lost once the device is lost or given up. */
  check(): void {
    const error = (this.whole ?? this).firstError;
    if (error) throw error;
  }

  /**
   * A buffer; `byteLength` is rounded up to 16. Release it with {@link destroyBuffer}. Outside {@link allocate} a buffer
   * that the GPU cannot hold costs the device: `lost` then tells what was too much.
   */
  createBuffer(label: string, byteLength: number, usage?: GPUBufferUsageFlags): GPUBuffer {
    const size = Math.max(16, Math.ceil(byteLength / 16) * 16);
    const isScoped = (this.whole ?? this).isScoped;
    const { holdings } = this;
    this.count(size);
    if (!isScoped) this.pushScopes();
    const buffer = this.device.createBuffer({
      label,
      size,
      usage: usage ?? GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC,
    });
    if (!isScoped) {
      void this.popScopes().then((error) => {
        if (!error) return;
        const { message, details } = outOfMemory(label, size, holdings, error.message);
        this.giveUp(new AppError('device-lost', message, { ...details, reason: 'out-of-memory' }));
      });
    }
    return buffer;
  }

  private pushScopes(): void {
    this.device.pushErrorScope('out-of-memory');
    this.device.pushErrorScope('validation');
  }

  /** The error in the two innermost scopes; null also when the device is lost, which `lost` tells. */
  private async popScopes(): Promise<GPUError | null> {
    const popped = [this.device.popErrorScope(), this.device.popErrorScope()];
    const [validation, memory] = await Promise.all(popped.map((one) => one.catch(() => null)));
    return memory ?? validation;
  }

  destroyBuffer(buffer: GPUBuffer): void {
    this.count(-buffer.size);
    buffer.destroy();
  }

  /** A zeroed tensor with a buffer of its own. */
  createTensor(label: string, shape: number[], dtype: Dtype = 'f32'): Tensor {
    const byteLength = sizeOf(shape) * 4;
    return { label, buffer: this.createBuffer(label, byteLength), offset: 0, byteLength, dtype, shape };
  }

  /** Copies host data to the start of a tensor, or so many bytes after it. */
  write(tensor: Tensor, data: ArrayBufferView<ArrayBuffer>, byteOffset = 0): void {
    this.device.queue.writeBuffer(
      tensor.buffer,
      tensor.offset + byteOffset,
      data.buffer,
      data.byteOffset,
      data.byteLength,
    );
  }

  /**
   * Runs allocations and reports what the machine cannot hold.
   * @throws AppError out-of-gpu-memory with neededBytes
   */
  async allocate<T>(what: string, neededBytes: number, make: () => T): Promise<T> {
    this.check();
    const { holdings } = this;
    const whole = this.whole ?? this;
    this.pushScopes();
    let made: T | undefined;
    let thrown: unknown;
    whole.isScoped = true;
    try {
      made = make();
    } catch (error) {
      thrown = error;
    } finally {
      whole.isScoped = false;
    }
    const error = await this.popScopes();
    if (error) throw outOfMemory(what, neededBytes, holdings, error.message);
    if (thrown) throw thrown;
    return made as T;
  }

  /** The layout of a kernel with this many bindings of each kind. */
  bindGroupLayout(hasParams: boolean, numInputs: number, numOutputs: number): GPUBindGroupLayout {
    const key = `${hasParams} ${numInputs} ${numOutputs}`;
    let layout = this.layouts.get(key);
    if (!layout) {
      const types: GPUBufferBindingType[] = [
        ...(hasParams ? ['uniform' as const] : []),
        ...Array<GPUBufferBindingType>(numInputs).fill('read-only-storage'),
        ...Array<GPUBufferBindingType>(numOutputs).fill('storage'),
      ];
      const first = hasParams ? 0 : 1; // binding 0 belongs to the params
      layout = this.device.createBindGroupLayout({
        label: key,
        entries: types.map((type, i) => ({
          binding: first + i,
          visibility: GPUShaderStage.COMPUTE,
          buffer: { type },
        })),
      });
      this.layouts.set(key, layout);
    }
    return layout;
  }

  /** Compiles a kernel with these values of its constants, once. @throws AppError 'bug' with the compiler's words. */
  pipeline(
    kernel: Kernel,
    constants: Record<string, number>,
    layout: GPUBindGroupLayout,
  ): Promise<GPUComputePipeline> {
    if (!this.kernelIds.has(kernel)) this.kernelIds.set(kernel, this.kernelIds.size);
    const key = `${this.kernelIds.get(kernel)} ${JSON.stringify(constants)} ${layout.label}`;
    let pipeline = this.pipelines.get(key);
    if (!pipeline) {
      const label = `${kernel.name} ${JSON.stringify(constants)}`;
      pipeline = this.device
        .createComputePipelineAsync({
          label,
          layout: this.device.createPipelineLayout({ label, bindGroupLayouts: [layout] }),
          compute: {
            module: this.device.createShaderModule({
              label: kernel.name,
              code: wgslWithConstants(kernel, constants),
            }),
            entryPoint: 'main',
          },
        })
        .catch(async (error: unknown) => {
          // Chromium rejects with a validation error for text that does not compile; anything else may be a lost device.
          if ((error as Partial<GPUPipelineError>).reason !== 'validation') await this.lossFollows();
          this.check();
          throw new AppError(
            'bug',
            `Kernel ${label} does not compile: ${(error as Error).message}`,
            {},
            error,
          );
        });
      this.pipelines.set(key, pipeline);
    }
    return pipeline;
  }

  /** Runs programs in one compute pass, then the copies, in one submit. Programs must be prepared. */
  submit(programs: Encodable[], copies: Copy[] = []): void {
    this.check();
    const encoder = this.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (const program of programs) program.encode(pass);
    pass.end();
    for (const { from, to, toOffset = 0 } of copies)
      encoder.copyBufferToBuffer(from.buffer, from.offset, to, toOffset, from.byteLength);
    this.device.queue.submit([encoder.finish()]);
  }

  /** Copies in one submit, in order with the programs. */
  copyBytes(copies: ByteCopy[]): void {
    this.check();
    const encoder = this.device.createCommandEncoder();
    for (const { from, fromOffset, to, toOffset, byteLength } of copies)
      encoder.copyBufferToBuffer(from, fromOffset, to, toOffset, byteLength);
    this.device.queue.submit([encoder.finish()]);
  }

  /** Waits until everything submitted has run. @throws what {@link check} throws */
  async idle(): Promise<void> {
    await this.device.queue.onSubmittedWorkDone();
    this.check();
  }

  /** A copy of a tensor's bytes, after all submitted work. */
  async read(tensor: Tensor): Promise<ArrayBuffer> {
    const staging = this.createBuffer(
      'staging',
      tensor.byteLength,
      GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    );
    try {
      this.submit([], [{ from: tensor, to: staging }]);
      return await this.readStaging(staging, tensor.byteLength);
    } finally {
      this.destroyBuffer(staging);
    }
  }

  /** Maps a staging buffer, copies it out and unmaps it. @throws AppError device-lost */
  async readStaging(staging: GPUBuffer, byteLength: number): Promise<ArrayBuffer> {
    try {
      await staging.mapAsync(GPUMapMode.READ, 0, byteLength);
    } catch (error) {
      await this.lossFollows();
      const why = error instanceof Error ? error.message : String(error);
      // Never the AbortError itself: it would look like a stop that the user asked for.
      this.giveUp(
        new AppError('device-lost', `A result could not be read: ${why}`, { reason: 'unreadable' }, error),
      );
      this.check();
    }
    const bytes = staging.getMappedRange(0, byteLength).slice(0);
    staging.unmap();
    this.check();
    return bytes;
  }

  /** Frees everything at once. */
  destroy(): void {
    this.device.destroy();
  }
}
