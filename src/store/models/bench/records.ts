// Benchmarks kept on this device, in localStorage: the newest first.
import type { SmallStorage } from '../../ports';
import type { BenchReport } from './types';

const KEY = 'glm-bench';
const MAX_KEPT = 20;

/** A record of another version of the app, or a damaged one, reads as nothing. */
function isReport(value: unknown): value is BenchReport {
  const report = value as Partial<BenchReport> | null | undefined;
  return (
    report?.version === 1 &&
    typeof report.date === 'string' &&
    typeof report.model?.name === 'string' &&
    typeof report.streamBytesPerSecond === 'number' &&
    [report.prefill, report.decode, report.passes, report.skipped].every(Array.isArray)
  );
}

export function readBenchReports(storage: SmallStorage): BenchReport[] {
  try {
    const saved: unknown = JSON.parse(storage.getItem(KEY) ?? '[]');
    return Array.isArray(saved) ? saved.filter(isReport).slice(0, MAX_KEPT) : [];
  } catch {
    return [];
  }
}

/** Returns what is kept: the newest 20. */
export function writeBenchReports(storage: SmallStorage, reports: BenchReport[]): BenchReport[] {
  const kept = reports.slice(0, MAX_KEPT);
  try {
    storage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // Private windows may refuse; the page shows them until it is closed.
  }
  return kept;
}
