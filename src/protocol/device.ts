// The device: what it is and what it can do.

/** What this machine can do, measured without a model in a few seconds. */
export interface DeviceProbe {
  device: DeviceSummary;
  /** GPU bytes that could be allocated at once, in steps; `allocationCapped`: the probe stopped there by itself. */
  allocatableBytes: number;
  allocationCapped: boolean;
  /** One layer in the shape of GLM-4-9B with INT4 zeros: bytes of weights, a decode step, a prefill chunk. */
  layer: { weightBytes: number; decodeMs: number; prefillTokens: number; prefillMs: number };
  /** The LM head in the same shape, one token. `estimated`: there was no time for it; from the layer's bytes per ms. */
  head: { weightBytes: number; decodeMs: number; estimated?: boolean };
  /** What a decode step costs beside layers and head: submit, readback, the rest of the frame. */
  stepMs?: number;
  /** Share of the layer's weights that was run; the times above are scaled to all of them. 1 on a GPU. */
  measuredShare?: number;
  storage: { usageBytes: number; quotaBytes: number; persisted: boolean };
  tookMs: number;
  measuredAt: number; // ms since 1970
}

export interface DeviceSummary {
  vendor: string;
  architecture: string;
  description: string;
  software: boolean;
  features: string[];
  limits: Record<string, number>;
  /** Kernel variants in use, chosen for this device; in words, for reports. */
  kernels?: string;
}

/** What a check said of a kernel with its constants. */
export interface KernelCheck {
  /** 'matvec_q4_dot4:ROWS=64,SLICES=1,TILES=2,TOKENS=1' */
  kernel: string;
  right: boolean;
  /** The worst value's distance from the reference (Infinity for NaN), and the distance allowed. */
  difference: number;
  allowed: number;
  /** The compiler's words, where it refused the kernel. */
  failure?: string;
}

/** The end of a check of all kernels that this device may run. */
export interface DeviceCheck {
  device: DeviceSummary;
  /** Browser and system, with their versions. */
  host: string;
  /** Rate of a kernel that only reads; null where there was no memory to measure it. */
  streamBytesPerSecond: number | null;
  tookMs: number;
}
