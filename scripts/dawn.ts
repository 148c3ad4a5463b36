// WebGPU in Node, which leaves the processor's cores to adapters that compute on them.

/** How often Dawn is asked for what is done, ms: the least of Node's timers. */
const POLL_MS = 1;
const { setImmediate } = globalThis;

/** The API object, which has to outlive its devices; WebGPU's names become global. */
export async function openDawn(): Promise<GPU> {
  const dawn = await import('webgpu');
  Object.assign(globalThis, dawn.globals);
  globalThis.setImmediate = Object.assign(setPacedImmediate, setImmediate) as unknown as typeof setImmediate;
  return dawn.create([]);
}

/**
 * While anything is pending, and with a device something always is (its loss), Dawn polls from setImmediate without a
 * pause: a whole core, of two that a software adapter computes on (github.com/dawn-gpu/node-webgpu/issues/17). It looks
 * setImmediate up each time and passes a native function: those wait for a timer. Superfluous once Dawn itself pauses.
 */
function setPacedImmediate(callback: (...args: unknown[]) => void, ...args: unknown[]) {
  const isNative = Function.prototype.toString.call(callback).endsWith('{ [native code] }');
  return isNative ? setTimeout(callback, POLL_MS, ...args) : setImmediate(callback, ...args);
}
