// The texts of kernel variants, without a GPU: recordings are read instead of run, under every tuning.
import { wgslWithConstants, type Kernel } from '../gpu/kernel';
import type { Pass } from '../gpu/program';
import type { Tensor, TensorAllocator } from '../gpu/tensor';
import type { KernelTuning } from '../gpu/tuning';
import { sizeOf } from '../shared/shape';
import { argmax, argmaxScratchShape } from './argmax';
import { injectRows } from './inject';
import { maskWords, sample, SAMPLER_WORDS, seenWords } from './sampler';
import { STATE_WORDS } from './state';
import { STREAM_SUMS, streamSum } from './streamSum';
import { everyTuning } from './tuning';

export interface KernelVariant {
  /** Kernel and constants: `matvec_q4_dot4:ROWS=32,SLICES=8,TILES=1,TOKENS=1`. */
  name: string;
  /** The whole text, as the pipeline cache gives it to the driver. */
  wgsl: string;
}

/** Makes tensors without memory, for recordings that are read and never run: recording looks at shapes only. */
export const shapesOnly: TensorAllocator = {
  createTensor: (label, shape, dtype = 'f32') => ({
    label,
    buffer: {} as GPUBuffer,
    offset: 0,
    byteLength: sizeOf(shape) * 4,
    dtype,
    shape,
  }),
};

/** A kernel with values of its constants, as a recording dispatches it. */
export interface UsedKernel {
  /** As in {@link KernelVariant}. */
  name: string;
  /** Tells a kernel from one of the same name in another version of the app. */
  text: string;
}

/** What a check on this device said of a kernel. */
export interface Verdict {
  /** The checked kernel's text: {@link UsedKernel}. */
  text: string;
  right: boolean;
  /** The worst value's distance from the reference, and the distance allowed. */
  difference: number;
  allowed: number;
  /** The compiler's words, where it refused the kernel. */
  failure?: string;
}

/** The kernels that `record` dispatches under this tuning. */
export function collectKernels(tuning: KernelTuning, record: (pass: Pass) => void): Map<string, UsedKernel> {
  const used = new Map<string, UsedKernel>();
  record({
    tuning,
    dispatch(kernel, { constants = {} }) {
      const name = variantName(kernel.name, constants);
      if (!used.has(name)) used.set(name, { name, text: textHash(kernel.wgsl) });
    },
  });
  return used;
}

const hashes = new Map<string, string>();

/** FNV-1a of a text, as hex. */
function textHash(text: string): string {
  let hash = hashes.get(text);
  if (hash === undefined) {
    let bits = 0x811c9dc5;
    for (let i = 0; i < text.length; i++) bits = Math.imul(bits ^ text.charCodeAt(i), 0x01000193);
    hashes.set(text, (hash = (bits >>> 0).toString(16)));
  }
  return hash;
}

/**
 * The variants that `record` dispatches under some tuning, by name, and those of the kernels beside a forward pass.
 * @param record called once per tuning, with tensors of {@link shapesOnly}
 */
export function variantsOf(record: (pass: Pass) => void): KernelVariant[] {
  const variants = new Map<string, string>();
  for (const tuning of everyTuning()) {
    const pass = collector(variants, tuning);
    record(pass);
    recordOthers(pass);
  }
  return [...variants].map(([name, wgsl]) => ({ name, wgsl })).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A pass that keeps the text of what is dispatched. */
function collector(variants: Map<string, string>, tuning: KernelTuning): Pass {
  return {
    tuning,
    dispatch(kernel, { constants = {} }) {
      const name = variantName(kernel.name, constants);
      if (!variants.has(name)) variants.set(name, wgslWithConstants(kernel as unknown as Kernel, constants));
    },
  };
}

function variantName(kernel: string, constants: Record<string, number>): string {
  const values = Object.entries(constants).map(([name, value]) => `${name}=${value}`);
  return [kernel.replaceAll(' ', '_'), ...(values.length > 0 ? [values.join()] : [])].join(':');
}

function words(label: string, count: number): Tensor {
  return shapesOnly.createTensor(label, [count], 'u32');
}

/** The ways to choose a token under the pass's tuning. */
export function recordChoices(pass: Pass): void {
  const vocabSize = 1024;
  const choice = {
    logits: shapesOnly.createTensor('logits', [1, vocabSize]),
    numRealTokens: vocabSize,
    state: words('state', STATE_WORDS),
    tokens: words('tokens', 1),
    ring: words('ring', 1),
    numTokens: 1,
  };
  if (!pass.tuning.greedyBySampling)
    argmax(pass, { ...choice, scratch: shapesOnly.createTensor('scratch', argmaxScratchShape(1)) });
  sample(pass, {
    ...choice,
    settings: words('settings', SAMPLER_WORDS),
    mask: words('mask', maskWords(vocabSize)),
    seen: words('seen', seenWords(vocabSize)),
  });
}

/** What runs beside a forward pass: the choice of a token, injected rows, the yardstick of the benchmarks. */
function recordOthers(pass: Pass): void {
  recordChoices(pass);
  const rows = shapesOnly.createTensor('rows', [1, 64]);
  injectRows(pass, { source: words('source', 1), rows, y: rows });
  streamSum(pass, words('data', 4), words('sums', STREAM_SUMS));
}
