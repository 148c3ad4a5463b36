import type { EngineClient } from '../../client/engineClient';
import type { EngineCalls } from '../../protocol/calls';
import type { ModelInfo } from '../../protocol/models';
import { isAbort, toWireError } from '../../shared/errors';
import { Observable } from '../observable';
import type { SmallStorage } from '../ports';
import { readBenchReports, writeBenchReports } from './bench/records';
import type { BenchReport } from './bench/types';
import type { BenchState, CheckState } from './types';

/** Benchmarks of loaded models, and the reports of earlier ones on this device. */
export class BenchRuns extends Observable<BenchState> {
  #running: AbortController | null = null;

  constructor(
    private readonly client: EngineClient,
    private readonly storage: SmallStorage,
  ) {
    super({ reports: readBenchReports(storage), progress: null, error: null, check: null });
  }

  /** Does nothing while one runs. @param loadMs how long the model took to the GPU; null when unknown */
  async run(length: 'quick' | 'full', info: ModelInfo, loadMs: number | null): Promise<void> {
    if (this.#running) return;
    const controller = new AbortController();
    const { signal } = controller;
    this.#running = controller;
    this.patch({
      error: null,
      progress: { step: 'check', tokens: 0, fraction: 0, secondsLeft: Infinity },
    });
    try {
      const { FULL_PLAN, QUICK_PLAN, runSuite } = await import('./bench/suite');
      const report = await runSuite({
        call: (name, args, onEvent) => this.client.call(name, args, { signal, onEvent }),
        info,
        host: navigator.userAgent,
        plan: length === 'quick' ? QUICK_PLAN : FULL_PLAN,
        signal,
        onProgress: (progress) => this.patch({ progress }),
      });
      if (loadMs !== null) report.load = { warmMs: loadMs, bytes: info.packedBytes };
      this.#keep([report, ...this.state.reports]);
    } catch (error) {
      if (!isAbort(error)) this.patch({ error: toWireError(error) });
    } finally {
      this.#running = null;
      this.patch({ progress: null });
    }
  }

  /** Checks all kernels of this device; a stop keeps what was checked. Does nothing while something runs. */
  async check(): Promise<void> {
    if (this.#running) return;
    const controller = new AbortController();
    const { signal } = controller;
    this.#running = controller;
    let check: CheckState = { kernels: [], total: 0, running: true, ended: null };
    const show = (change: Partial<CheckState>) => this.patch({ check: (check = { ...check, ...change }) });
    show({});
    this.patch({ error: null });
    try {
      const onEvent = ({ kernels, total }: EngineCalls['checkDevice']['event']) =>
        show({ kernels: [...check.kernels, ...kernels], total });
      show({ ended: await this.client.call('checkDevice', {}, { signal, onEvent }) });
    } catch (error) {
      if (!isAbort(error)) this.patch({ error: toWireError(error) });
    } finally {
      this.#running = null;
      show({ running: false });
    }
  }

  stop(): void {
    this.#running?.abort(new DOMException('Stopped', 'AbortError'));
  }

  /** @param date of the report */
  delete(date: string): void {
    this.#keep(this.state.reports.filter((report) => report.date !== date));
  }

  deleteAll(): void {
    this.#keep([]);
  }

  #keep(reports: BenchReport[]): void {
    this.patch({ reports: writeBenchReports(this.storage, reports) });
  }
}
