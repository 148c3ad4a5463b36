// Imports are exclusive across tabs. Web Locks end with their tab, so a crash leaves none behind. A tab that waits for
// another tab's import receives its progress, and takes over if that import ends early.
import { AppError } from '../../shared/errors';
import type { WeightProgress } from '../types';

const lockName = (key: string): string => `weights-import ${key}`;

function lockManager(): LockManager | undefined {
  return (globalThis as { navigator?: { locks?: LockManager } }).navigator?.locks; // absent in Node
}

/** Message about the import that a tab holds. Without progress: the sender waits and requests the import's state. */
interface Announcement {
  key: string;
  progress?: WeightProgress;
}

export interface ImportLockOptions {
  /** Aborts the wait. */
  signal?: AbortSignal;
  /** Receives the progress of the tab that holds the lock. */
  onElsewhere?: (progress: WeightProgress) => void;
}

/**
 * Runs an import exclusively, after those of other tabs; their results are then in the cache or in the journal.
 * @param key id or origin of the model.
 * @param run receives a function that reports progress to waiting tabs.
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
      announce(latest); // the first progress report may take a while: tell waiting tabs at once that they wait
      return run(announce);
    });
  } finally {
    channel.close();
  }
}

/** Runs `run` unless an import under this key is running. @returns whether it ran. */
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

/** AppError 'model-in-use', for operations that an import blocks. */
export function importUnderWay(id: string): AppError {
  return new AppError('model-in-use', 'This model is being imported. Pause that first, or close its tab.', {
    id,
  });
}

/** Runs `run` alone, after other tabs that hold this lock. */
export async function exclusively(name: string, run: () => Promise<void>): Promise<void> {
  const locks = lockManager();
  await (locks ? locks.request(name, run) : run());
}

/** Runs `run` unless another tab holds this lock. */
export async function ifFree(name: string, run: () => Promise<void>): Promise<void> {
  const locks = lockManager();
  await (locks ? locks.request(name, { ifAvailable: true }, (lock) => (lock ? run() : undefined)) : run());
}
