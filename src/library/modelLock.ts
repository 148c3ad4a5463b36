// One tab at a time holds a model on the GPU: two copies of five gigabytes help nobody.
import { AppError } from '../shared/errors';

/** A reloaded page meets the lock of its dying predecessor for a moment. */
const PATIENCE_MS = 2000;

/**
 * Takes the model's lock until the returned function is called or the tab goes away.
 * @throws AppError 'model-in-use' when another tab keeps it.
 */
export function holdModelLock(locks: LockManager | undefined, id: string): Promise<() => void> {
  if (!locks) return Promise.resolve(() => {});
  return new Promise((resolve, reject) => {
    locks
      .request(
        `model ${id}`,
        { signal: AbortSignal.timeout(PATIENCE_MS) },
        () => new Promise<void>((release) => resolve(release)),
      )
      .catch(() =>
        reject(
          new AppError(
            'model-in-use',
            'Another tab has this model open. Use that tab, or close it and try again here.',
            { id },
          ),
        ),
      );
  });
}
