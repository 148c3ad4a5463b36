// WebGPU with late completion, as in Firefox, which polls for results every 100 ms.

/** Wraps `api`: finished work and mapped buffers are reported `delayMs()` later. */
export function lateGpu(api: GPU, delayMs: () => number): GPU {
  const delayed = async <T>(result: Promise<T>): Promise<T> => {
    const value = await result;
    if (delayMs() > 0) await new Promise((resolve) => setTimeout(resolve, delayMs()));
    return value;
  };
  const late = (device: GPUDevice): GPUDevice => {
    const { queue } = device;
    const workDone = queue.onSubmittedWorkDone.bind(queue);
    queue.onSubmittedWorkDone = () => delayed(workDone());
    Object.defineProperty(device, 'queue', { value: queue }); // Dawn in Node returns a new object each time
    const createBuffer = device.createBuffer.bind(device);
    device.createBuffer = (descriptor) => {
      const buffer = createBuffer(descriptor);
      const map = buffer.mapAsync.bind(buffer);
      buffer.mapAsync = (...args) => delayed(map(...args));
      return buffer;
    };
    return device;
  };
  const requestAdapter: GPU['requestAdapter'] = async (options) => {
    const adapter = await api.requestAdapter(options);
    if (!adapter) return adapter;
    const requestDevice = adapter.requestDevice.bind(adapter);
    adapter.requestDevice = async (descriptor) => late(await requestDevice(descriptor));
    return adapter;
  };
  return { requestAdapter } as GPU;
}
