// Web Locks for several processes in one test: all locks of a process are released when it ends.

interface Request {
  process: string;
  name: string;
  mode: LockMode;
  grant: () => void;
}

/** The locks of one browser. */
export class TabLocks {
  private readonly held = new Set<Request>();
  private waiting: Request[] = [];

  /** The lock manager of one page or worker. */
  of(process: string): LockManager {
    const request = (name: string, ...rest: unknown[]): Promise<unknown> => {
      const run = rest.at(-1) as (lock: object | null) => unknown;
      const { mode = 'exclusive', ifAvailable, signal } = (rest.length > 1 ? rest[0] : {}) as LockOptions;
      return new Promise((resolve, reject) => {
        const wish: Request = { process, name, mode, grant: () => void hold() };
        const hold = async (): Promise<void> => {
          try {
            resolve(await run({ name, mode }));
          } catch (error) {
            reject(error);
          } finally {
            this.held.delete(wish);
            this.grantNext();
          }
        };
        const isTaken = !this.isFree(wish) || this.waiting.some((other) => other.name === name);
        if (ifAvailable && isTaken) return void Promise.resolve(run(null)).then(resolve, reject);
        signal?.addEventListener('abort', () => {
          this.waiting = this.waiting.filter((other) => other !== wish);
          if (!this.held.has(wish)) reject(signal.reason);
        });
        this.waiting.push(wish);
        queueMicrotask(() => this.grantNext());
      });
    };
    return { request, query: () => Promise.resolve({}) } as unknown as LockManager;
  }

  /** Releases what a process holds, as the browser does when it ends. */
  end(process: string): void {
    for (const lock of this.held) if (lock.process === process) this.held.delete(lock);
    this.waiting = this.waiting.filter((wish) => wish.process !== process);
    this.grantNext();
  }

  private isFree({ name, mode }: Request): boolean {
    const others = [...this.held].filter((lock) => lock.name === name);
    return others.every((lock) => lock.mode === 'shared' && mode === 'shared');
  }

  private grantNext(): void {
    for (const wish of [...this.waiting]) {
      const first = this.waiting.find(({ name }) => name === wish.name);
      if ((first !== wish && wish.mode !== 'shared') || !this.isFree(wish)) continue;
      this.waiting = this.waiting.filter((other) => other !== wish);
      this.held.add(wish);
      wish.grant();
    }
  }
}
