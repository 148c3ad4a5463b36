// Decode steps in flight: submitted ahead of the one being read, as many as hide the latency of results.
import type { Encodable, Gpu } from '../../gpu/device';
import type { Tensor } from '../../gpu/tensor';

/** Limit for work submitted ahead: bounds what a stopped answer leaves running and what is wasted at its end. */
const AHEAD_MS = 150;
/** Most steps in flight, whatever the measured times. */
export const MAX_DEPTH = 64;
/** Safety factor on the number of steps that hides the latency. */
const SPARE = 1.5;
/** In flight whatever a step takes, where the latency is worth it. */
const LEAST_AHEAD = 2;
/** Later than this, as in Firefox, the first answer begins with LEAST_AHEAD steps in flight, not one. */
const LATE_MS = 20;
/** A latency below this share of a step is not worth running ahead for. */
const NEGLIGIBLE = 0.05;

/** Results of submitted work, read in the order of their submission. Staging buffers are used again once they are read. */
export class Readback {
  private readonly free: GPUBuffer[] = [];
  private readonly all: GPUBuffer[] = [];
  private reads: Promise<ArrayBuffer>[] = [];

  constructor(private readonly gpu: Gpu) {}

  /** Results not yet read. */
  get pending(): number {
    return this.reads.length;
  }

  /** Runs the programs and asks at once for what the tensors then hold: many requests wait at the same time. */
  submit(programs: Encodable[], from: Tensor[]): void {
    const byteLength = from.reduce((sum, tensor) => sum + tensor.byteLength, 0);
    const staging = this.takeStaging(byteLength);
    let toOffset = 0;
    const copies = from.map((tensor) => {
      toOffset += tensor.byteLength;
      return { from: tensor, to: staging, toOffset: toOffset - tensor.byteLength };
    });
    this.gpu.submit(programs, copies);
    const read = this.gpu.readStaging(staging, byteLength).then((bytes) => {
      this.free.push(staging);
      return bytes;
    });
    read.catch(() => undefined); // reported by next(); an abandoned result may fail silently
    this.reads.push(read);
  }

  private takeStaging(byteLength: number): GPUBuffer {
    const fitting = this.free.findIndex(({ size }) => size >= byteLength);
    if (fitting >= 0) return this.free.splice(fitting, 1)[0];
    const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
    const staging = this.gpu.createBuffer(`staging ${this.all.length}`, byteLength, usage);
    this.all.push(staging);
    return staging;
  }

  /** The oldest result. @throws what Gpu.readStaging throws */
  next(): Promise<ArrayBuffer> | undefined {
    return this.reads.shift();
  }

  /** Forgets the results that are not read yet. */
  abandon(): void {
    this.reads = [];
  }

  destroy(): void {
    for (const staging of this.all) this.gpu.destroyBuffer(staging);
  }
}

/** Decides how many decode steps run ahead. */
export interface FlightPolicy {
  /** Steps to keep in flight at present. */
  readonly depth: number;
  /** Duration of a step once enough of them are in flight, ms; 0 until it is known. */
  readonly paceMs: number;
  /** An answer begins, or results come at another pace from here on. */
  restart(): void;
  /** @param ms the host's own work for one submit. */
  encoded(ms: number): void;
  /** A result has arrived. */
  arrived(): void;
}

/**
 * How many steps to keep in flight. A step takes s on the GPU, and the host needs d to submit the next one if it waits
 * for the result: 1 + d/s in flight hide d. d is measured once on an idle GPU, s from the pace of results. SPARE makes
 * it half of d more: where d is longer than measured, results come slower than the GPU produces them, which looks like
 * longer steps, and only more steps in flight tell the two apart.
 */
export class FlightDepth implements FlightPolicy {
  private current: number;
  private encodeMs = 0;
  private fromBefore = 0;
  private results = 0;
  private windowStart = 0;
  paceMs = 0;

  /** @param completionMs from the end of work to its result on the host. */
  constructor(private readonly completionMs: number) {
    this.current = completionMs > LATE_MS ? LEAST_AHEAD : 1;
  }

  get depth(): number {
    return this.current;
  }

  /** The next result starts a new window. */
  restart(): void {
    this.fromBefore = 0;
    this.results = 0;
  }

  encoded(ms: number): void {
    this.encodeMs = this.encodeMs === 0 ? ms : 0.8 * this.encodeMs + 0.2 * ms;
  }

  arrived(now = performance.now()): void {
    if (this.fromBefore > 0) {
      this.fromBefore--;
      return;
    }
    if (this.results === 0) this.windowStart = now;
    this.results++;
    const [count, elapsed] = [this.results - 1, now - this.windowStart];
    if (count < this.current) return;
    // Results may come in bursts (Firefox polls every 100 ms): a single burst gives no pace.
    if (elapsed < 2 * this.completionMs) return;
    this.paceMs = this.stepMs(elapsed / count);
    const wanted = this.wanted();
    // Steps already in flight arrive at the pace of the old depth.
    this.fromBefore = wanted > this.current ? this.current - 1 : 0;
    // A short stall of the machine looks like long steps: shrink slowly.
    this.current = Math.max(wanted, Math.floor(0.75 * this.current));
    this.results = this.fromBefore > 0 ? 0 : 1;
    this.windowStart = now;
  }

  private get lateMs(): number {
    return this.completionMs + this.encodeMs;
  }

  /**
   * If the GPU never waited, a step is the interval; if it did, `current` intervals hold a step and the wait. A short
   * step drowns in the noise of a long wait: it counts as half the interval at least, until more are in flight.
   */
  private stepMs(interval: number): number {
    return Math.min(interval, Math.max(this.current * interval - this.lateMs, interval / 2));
  }

  private wanted(): number {
    if (this.lateMs < NEGLIGIBLE * this.paceMs) return 1;
    const ahead = 1 + Math.ceil((SPARE * this.lateMs) / this.paceMs);
    const allowed = Math.max(LEAST_AHEAD, Math.ceil(AHEAD_MS / this.paceMs));
    return Math.min(ahead, allowed, MAX_DEPTH);
  }
}
