// WebGPU that computes wrongly: the text of its kernels is altered on the way to the compiler, as a driver's fault would.

/** The text of a kernel, by the name under which it is compiled; unchanged or altered. */
export type Alter = (kernel: string, wgsl: string) => string;

export interface WrongGpu {
  api: GPU;
  /** Labels of the pipelines compiled so far: `matvec q4 {"ROWS":32}`. */
  compiled: Set<string>;
}

/** Wraps `api`: every shader module is made from what `alter` returns. */
export function wrongGpu(api: GPU, alter: Alter): WrongGpu {
  const compiled = new Set<string>();
  const wrong = (device: GPUDevice): GPUDevice => {
    const createShaderModule = device.createShaderModule.bind(device);
    device.createShaderModule = (descriptor) =>
      createShaderModule({ ...descriptor, code: alter(descriptor.label ?? '', descriptor.code) });
    const createPipeline = device.createComputePipelineAsync.bind(device);
    device.createComputePipelineAsync = (descriptor) => {
      compiled.add(descriptor.label ?? '');
      return createPipeline(descriptor);
    };
    return device;
  };
  const requestAdapter: GPU['requestAdapter'] = async (options) => {
    const adapter = await api.requestAdapter(options);
    if (!adapter) return adapter;
    const requestDevice = adapter.requestDevice.bind(adapter);
    adapter.requestDevice = async (descriptor) => wrong(await requestDevice(descriptor));
    return adapter;
  };
  return { api: { requestAdapter } as GPU, compiled };
}
