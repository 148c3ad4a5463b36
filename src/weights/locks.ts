// Imports are exclusive across tabs: Web Locks end with their tab, so a crash leaves none behind.
import { AppError } from '../shared/errors';

const lockName = (id: string): string => `weights-import ${id}`;

function lockManager(): LockManager | undefined {
  return (globalThis as { navigator?: { locks?: LockManager } }).navigator?.locks; // absent in Node
}

/** Runs an import alone. @throws AppError 'model-in-use' while another tab imports the same model. */
export async function withImportLock<T>(id: string, run: () => Promise<T>): Promise<T> {
  const locks = lockManager();
  if (!locks) return run();
  const outcome = await locks.request(lockName(id), { ifAvailable: true }, async (lock) =>
    lock ? { value: await run() } : undefined,
  );
  if (outcome) return outcome.value;
  throw new AppError('model-in-use', 'Another tab is importing this model. Wait for it, or close that tab.', {
    id,
  });
}

/** Runs `run` unless an import of this model is under way. @returns whether it ran. */
export async function unlessImporting(id: string, run: () => Promise<void>): Promise<boolean> {
  const locks = lockManager();
  if (!locks) {
    await run();
    return true;
  }
  return locks.request(lockName(id), { ifAvailable: true }, async (lock) => {
    if (lock) await run();
    return lock !== null;
  });
}
