// The adapter: which GPU the browser offers, what it can do, and whether that is enough.
import { AppError } from '../shared/errors';

/** What every kernel is designed for: WebGPU's default limits. */
export const NEEDED_LIMITS = {
  maxBufferSize: 256 * 1024 * 1024,
  maxStorageBufferBindingSize: 128 * 1024 * 1024,
  maxStorageBuffersPerShaderStage: 8,
  maxComputeWorkgroupStorageSize: 16384,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupsPerDimension: 65535,
} as const;

/** Asked for where there are any: a kernel variant uses them, no kernel needs them. */
export const OPTIONAL_FEATURES: GPUFeatureName[] = ['subgroups'];

/** Plain-data description of an adapter; survives postMessage. */
export interface AdapterSummary {
  vendor: string;
  architecture: string;
  description: string;
  /** A CPU pretending to be a GPU: right but slow. */
  software: boolean;
  /** Lanes of a subgroup where there are any and all have as many, at least 4. */
  subgroupSize?: number;
  features: string[];
  limits: Record<string, number>;
}

/** The fastest adapter. @throws AppError no-webgpu, no-adapter, limits-too-small */
export async function requestAdapter(api: GPU | undefined): Promise<GPUAdapter> {
  if (!api) {
    throw new AppError(
      'no-webgpu',
      'This browser has no WebGPU. Use Chrome or Edge 113+, Safari 26+ or Firefox 141+.',
    );
  }
  const adapter = await api.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) {
    throw new AppError(
      'no-adapter',
      'WebGPU is there but offers no GPU. Update the graphics driver or turn on hardware acceleration.',
    );
  }
  for (const [limit, needed] of Object.entries(NEEDED_LIMITS)) {
    const available = adapter.limits[limit as keyof typeof NEEDED_LIMITS];
    if (available < needed) {
      throw new AppError(
        'limits-too-small',
        `This GPU's ${limit} is ${available}, ${needed} are needed. Use another GPU or browser.`,
        { limit, needed, available },
      );
    }
  }
  return adapter;
}

/** What the adapter says of itself. */
export function summarise(adapter: GPUAdapter): AdapterSummary {
  const { vendor, architecture, description, subgroupMinSize, subgroupMaxSize } = adapter.info;
  const software =
    adapter.info.isFallbackAdapter ||
    /swiftshader|llvmpipe|lavapipe|warp/i.test(`${architecture} ${description}`);
  const limits = Object.fromEntries(
    Object.keys(NEEDED_LIMITS).map((name) => [name, adapter.limits[name as keyof typeof NEEDED_LIMITS]]),
  );
  const isFixed = adapter.features.has('subgroups') && subgroupMinSize === subgroupMaxSize;
  const subgroupSize = isFixed && (subgroupMinSize ?? 0) >= 4 ? subgroupMinSize : undefined;
  return {
    vendor,
    architecture,
    description,
    software,
    subgroupSize,
    features: [...adapter.features].sort(),
    limits,
  };
}
