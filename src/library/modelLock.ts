// Allows one tab at a time to hold a model on the GPU: a second tab would need the same amount of GPU memory again.
import { AppError } from '../shared/errors';

/** After a reload, the old page may hold the lock for a moment longer. */
const PATIENCE_MS = 2000;

/** The locks held by this engine; a model may be held more than once. */
export class ModelLocks {
  private readonly held = new Map<string, { count: number; lock: Promise<() => void> }>();

  constructor(private readonly locks: LockManager | undefined) {}

  /** As {@link holdModelLock}; the lock is released when every holder has called its function. */
  async hold(id: string): Promise<() => void> {
    const entry = this.held.get(id) ?? { count: 0, lock: holdModelLock(this.locks, id) };
    this.held.set(id, entry);
    entry.count++;
    let isHeld = true;
    const release = () => {
      if (!isHeld) return;
      isHeld = false;
      entry.count--;
      if (entry.count > 0) return;
      this.held.delete(id);
      entry.lock.then((free) => free()).catch(() => undefined);
    };
    try {
      await entry.lock;
      return release;
    } catch (error) {
      release();
      throw error;
    }
  }
}

/**
 * Holds the model's lock until the returned function is called or the tab closes.
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
