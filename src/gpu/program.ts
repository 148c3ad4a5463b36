// A recorded sequence of dispatches. All decisions are made while recording; a decode step only replays it.
import { AppError } from '../shared/errors';
import type { Encodable, Gpu } from './device';
import type { Kernel, ParamType, ParamValues } from './kernel';
import { encodeParams } from './kernel';
import type { Tensor } from './tensor';
import type { KernelTuning } from './tuning';

export interface DispatchArgs<P extends Record<string, ParamType>> {
  /** Quoted by WebGPU in errors, e.g. 'L12.attn.qkv'. */
  label?: string;
  params: ParamValues<P>;
  /** Values of the kernel's WGSL constants. Every distinct set compiles a pipeline: keep them few. */
  constants?: Record<string, number>;
  inputs: Tensor[];
  outputs: Tensor[];
  workgroups: [x: number, y?: number, z?: number];
}

/** The target of a recording. */
export interface Pass {
  /** Which variants of the kernels to record. */
  readonly tuning: KernelTuning;
  dispatch<P extends Record<string, ParamType>>(kernel: Kernel<P>, args: DispatchArgs<P>): void;
}

interface Recorded {
  label: string;
  kernel: Kernel;
  constants: Record<string, number>;
  layout: GPUBindGroupLayout;
  paramsKey: string | undefined;
  inputs: Tensor[];
  outputs: Tensor[];
  workgroups: [number, number, number];
}

interface Ready {
  pipeline: GPUComputePipeline;
  bindGroup: GPUBindGroup;
  workgroups: [number, number, number];
}

const UNIFORM_ALIGNMENT = 256; // minUniformBufferOffsetAlignment

/** A sequence of dispatches, recorded once, submitted any number of times. */
export class Program implements Encodable {
  private readonly recorded: Recorded[] = [];
  private readonly params = new Map<string, { bytes: Uint8Array; offset: number }>();
  private uniforms: GPUBuffer | undefined;
  private ready: Ready[] | undefined;

  private constructor(
    private readonly gpu: Gpu,
    private readonly label: string,
  ) {}

  /**
   * Records what `body` dispatches; nothing runs and nothing compiles yet.
   * @param tuning default: the device's.
   */
  static record(gpu: Gpu, label: string, body: (pass: Pass) => void, tuning = gpu.tuning): Program {
    const program = new Program(gpu, label);
    body({ tuning, dispatch: (kernel, args) => program.add(kernel as unknown as Kernel, args) });
    return program;
  }

  /** Number of dispatches. */
  get length(): number {
    return this.recorded.length;
  }

  /** Labels of the dispatches, in order. */
  get labels(): string[] {
    return this.recorded.map(({ label }) => label);
  }

  /** A part of this prepared program, to be submitted separately. */
  pick(indices: number[]): Encodable {
    return {
      encode: (pass) =>
        this.encodeSome(
          pass,
          indices.map((i) => this.readyDispatches()[i]),
        ),
    };
  }

  private add(kernel: Kernel, args: DispatchArgs<Record<string, ParamType>>): void {
    const { inputs, outputs, constants = {}, label = kernel.name } = args;
    const [x, y = 1, z = 1] = args.workgroups;
    if (Math.max(x, y, z) > 65535) {
      throw new AppError('bug', `${label}: ${[x, y, z]} workgroups exceed 65535 in one dimension`);
    }
    const hasParams = kernel.paramNames.length > 0;
    let paramsKey: string | undefined;
    if (hasParams) {
      const bytes = encodeParams(kernel, args.params);
      paramsKey = bytes.join();
      if (!this.params.has(paramsKey)) {
        const end = [...this.params.values()].at(-1);
        const offset = end
          ? end.offset + Math.ceil(end.bytes.length / UNIFORM_ALIGNMENT) * UNIFORM_ALIGNMENT
          : 0;
        this.params.set(paramsKey, { bytes, offset });
      }
    }
    const layout = this.gpu.bindGroupLayout(hasParams, inputs.length, outputs.length);
    this.recorded.push({
      label,
      kernel,
      constants,
      layout,
      paramsKey,
      inputs,
      outputs,
      workgroups: [x, y, z],
    });
  }

  /** Compiles every pipeline, in parallel. The tensors may still be empty. */
  compile(): Promise<GPUComputePipeline[]> {
    return Promise.all(
      this.recorded.map(({ kernel, constants, layout }) => this.gpu.pipeline(kernel, constants, layout)),
    );
  }

  /** Compiles missing pipelines and creates the bind groups. Idempotent. */
  async prepare(): Promise<this> {
    if (this.ready) return this;
    const { device } = this.gpu;
    const pipelines = await this.compile();
    const blocks = [...this.params.values()];
    const last = blocks.at(-1);
    if (last) {
      const image = new Uint8Array(last.offset + last.bytes.length);
      for (const { bytes, offset } of blocks) image.set(bytes, offset);
      this.uniforms = this.gpu.createBuffer(
        `${this.label} params`,
        image.length,
        GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
      );
      device.queue.writeBuffer(this.uniforms, 0, image);
    }
    this.ready = this.recorded.map((dispatch, i) => {
      const block = dispatch.paramsKey === undefined ? undefined : this.params.get(dispatch.paramsKey);
      const resources: GPUBufferBinding[] = [...dispatch.inputs, ...dispatch.outputs].map((tensor) => ({
        buffer: tensor.buffer,
        offset: tensor.offset,
        size: Math.ceil(tensor.byteLength / 16) * 16, // buffers are padded to 16 so that vec4 loads stay inside
      }));
      const entries = resources.map((resource, n) => ({ binding: n + 1, resource }));
      if (block && this.uniforms) {
        entries.push({
          binding: 0,
          resource: { buffer: this.uniforms, offset: block.offset, size: block.bytes.length },
        });
      }
      const bindGroup = device.createBindGroup({ label: dispatch.label, layout: dispatch.layout, entries });
      return { pipeline: pipelines[i], bindGroup, workgroups: dispatch.workgroups };
    });
    return this;
  }

  encode(pass: GPUComputePassEncoder): void {
    this.encodeSome(pass, this.readyDispatches());
  }

  private readyDispatches(): Ready[] {
    if (!this.ready) throw new AppError('bug', `Program ${this.label} was submitted before prepare()`);
    return this.ready;
  }

  private encodeSome(pass: GPUComputePassEncoder, dispatches: Ready[]): void {
    let current: GPUComputePipeline | undefined;
    for (const { pipeline, bindGroup, workgroups } of dispatches) {
      if (pipeline !== current) pass.setPipeline((current = pipeline));
      pass.setBindGroup(0, bindGroup);
      pass.dispatchWorkgroups(...workgroups);
    }
  }

  /** Frees the params; the tensors are not the program's. */
  destroy(): void {
    if (this.uniforms) this.gpu.destroyBuffer(this.uniforms);
    this.uniforms = undefined;
    this.ready = undefined;
  }
}
