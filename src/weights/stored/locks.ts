// Imports are exclusive across tabs: Web Locks end with their tab, so a crash leaves none behind. Who waits for
// another tab's import hears of its progress, and takes its place when it ends early.
import { AppError } from '../../shared/errors';
import type { WeightProgress } from '../types';

const lockName = (key: string): string => `weights-import ${key}`;

function lockManager(): LockManager | undefined {
  return (globalThis as { navigator?: { locks?: LockManager } }).navigator?.locks; // absent in Node
}

/** What a tab says about the import it holds; without progress it waits for that import and asks. */
interface Announcement {
  key: string;
  progress?: WeightProgress;
}

export interface ImportLockOptions {
  /** Ends the waiting. */
  signal?: AbortSignal;
  /** Progress of the tab that is waited for. */
  onElsewhere?: (progress: WeightProgress) => void;
}

/**
 * Runs an import alone, after those of other tabs; what they did is in the cache then, or in their journal.
 * @param key id or origin of the model.
 * @param run gets a function that tells waiting tabs of its progress.
 * @throws the signal's reason when it is aborted while waiting.
 */
export async function withImportLock<T>(
  key: string,
  { signal, onElsewhere }: ImportLockOptions,
  run: (announce: (progress: WeightProgress) => void) => Promise<T>,
): Promise<T> {
  const locks = lockManager();
  if (!locks) return run(() => undefined);
  const channel = new BroadcastChannel('glm-import');
  const say = (progress?: WeightProgress) => channel.postMessage({ key, progress } satisfies Announcement);
  channel.onmessage = ({ data }: MessageEvent<Announcement>) => {
    if (data.key === key && data.progress) onElsewhere?.(data.progress);
  };
  try {
    say();
    return await locks.request(lockName(key), signal ? { signal } : {}, () => {
      let latest: WeightProgress = { phase: 'header', doneBytes: 0, totalBytes: 1 };
      const announce = (progress: WeightProgress) => say((latest = progress));
      channel.onmessage = ({ data }: MessageEvent<Announcement>) => {
        if (data.key === key && !data.progress) say(latest);
      };
      announce(latest); // a file may be slow to say how long it is: who waits is told at once that it does
      return run(announce);
    });
  } finally {
    channel.close();
  }
}

/** Runs `run` unless an import under this key is under way. @returns whether it ran. */
export async function unlessImporting(key: string, run: () => Promise<void>): Promise<boolean> {
  const locks = lockManager();
  if (!locks) {
    await run();
    return true;
  }
  return locks.request(lockName(key), { ifAvailable: true }, async (lock) => {
    if (lock) await run();
    return lock !== null;
  });
}

/** AppError 'model-in-use', for what cannot be done during an import. */
export function importUnderWay(id: string): AppError {
  return new AppError('model-in-use', 'This model is being imported. Pause that first, or close its tab.', {
    id,
  });
}
