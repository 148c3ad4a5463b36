// WebGPU in Node, without busy polling: software adapters need the CPU cores.

/** Interval of polling Dawn for completed work, ms: the minimum of Node's timers. */
const POLL_MS = 1;
const { setImmediate } = globalThis;

/** The API object, which must outlive its devices. Defines WebGPU's global names. */
export async function openDawn(): Promise<GPU> {
  const dawn = await import('webgpu');
  Object.assign(globalThis, dawn.globals);
  globalThis.setImmediate = Object.assign(setPacedImmediate, setImmediate) as unknown as typeof setImmediate;
  return dawn.create([]);
}

/**
 * Workaround for github.com/dawn-gpu/node-webgpu/issues/17: while any promise is pending (with a device, its `lost` always
 * is), Dawn polls from setImmediate without a pause and occupies a core. Dawn looks up setImmediate at each call and passes
 * a native function, so native callbacks wait for a timer instead. Delete this once Dawn itself pauses.
 */
function setPacedImmediate(callback: (...args: unknown[]) => void, ...args: unknown[]) {
  const isNative = Function.prototype.toString.call(callback).endsWith('{ [native code] }');
  return isNative ? setTimeout(callback, POLL_MS, ...args) : setImmediate(callback, ...args);
}
