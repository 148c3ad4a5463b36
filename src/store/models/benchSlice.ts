import { isAbort, toWireError } from '../../shared/errors';
import type { SliceMaker } from '../appState';
import type { BenchState, BenchSlice } from './state';
import { readBenchReports, writeBenchReports } from './bench/records';
import { FULL_PLAN, QUICK_PLAN, runSuite } from './bench/suite';
import type { BenchReport } from './bench/types';

export const createBenchSlice: SliceMaker<BenchSlice> = (set, get, { client, preferenceStorage }) => {
  let running: AbortController | undefined;
  const change = (next: Partial<BenchState>) => set({ bench: { ...get().bench, ...next } });
  const keep = (reports: BenchReport[]) => change({ reports: writeBenchReports(preferenceStorage, reports) });
  return {
    bench: { reports: readBenchReports(preferenceStorage), progress: null, error: null },
    async startBench(length) {
      const { model, turn } = get();
      if (running || turn || model.status !== 'ready' || !model.info) return;
      const controller = (running = new AbortController());
      const { signal } = controller;
      change({ error: null, progress: { step: 'check', tokens: 0, fraction: 0, secondsLeft: Infinity } });
      try {
        const report = await runSuite({
          call: (name, args, onEvent) => client.call(name, args, { signal, onEvent }),
          info: model.info,
          host: navigator.userAgent,
          plan: length === 'quick' ? QUICK_PLAN : FULL_PLAN,
          signal,
          onProgress: (progress) => change({ progress }),
        });
        const { packedBytes: bytes } = model.info;
        if (model.loadMs !== null) report.load = { warmMs: model.loadMs, bytes };
        keep([report, ...get().bench.reports]);
      } catch (error) {
        if (!isAbort(error)) change({ error: toWireError(error) });
      } finally {
        running = undefined;
        change({ progress: null });
      }
    },
    stopBench: () => running?.abort(new DOMException('Stopped', 'AbortError')),
    deleteBench: (date) => keep(get().bench.reports.filter((report) => report.date !== date)),
  };
};
