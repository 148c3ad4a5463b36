// The page's side of calls.ts. The worker starts with the first call; one that fails ends its calls with an error, and the
// next call starts another, which opens the stored bases again.
import { AppError, fromWireError } from '../../shared/errors';
import type { FromKnowledge, KnowledgeCall, KnowledgeCalls, ToKnowledge } from './calls';

export interface CallOptions {
  signal?: AbortSignal;
  onProgress?: (fraction: number) => void;
}

interface Pending extends CallOptions {
  resolve: (result: never) => void;
  reject: (reason: unknown) => void;
  onAbort: () => void;
}

export class Connection {
  private worker: Worker | null = null;
  private readonly pending = new Map<number, Pending>();
  private nextId = 1;

  constructor(private readonly startWorker: () => Worker) {}

  /** @throws AppError of the call; the signal's reason after a stop. */
  call<K extends KnowledgeCall>(
    name: K,
    args: KnowledgeCalls[K]['args'],
    { signal, onProgress }: CallOptions = {},
  ): Promise<KnowledgeCalls[K]['result']> {
    return new Promise((resolve, reject) => {
      const worker = this.open();
      const id = this.nextId++;
      const onAbort = () => worker.postMessage({ kind: 'abort', id } satisfies ToKnowledge);
      this.pending.set(id, { resolve, reject, signal, onProgress, onAbort });
      worker.postMessage({ kind: 'call', id, name, args } as ToKnowledge);
      if (signal?.aborted) onAbort();
      else signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Ends the worker and frees what it holds; calls under way fail. */
  close(): void {
    this.fail(this.worker, new AppError('bug', 'The knowledge worker was closed'));
  }

  private open(): Worker {
    if (this.worker) return this.worker;
    const worker = this.startWorker();
    worker.onmessage = ({ data }: MessageEvent<FromKnowledge>) => this.take(data);
    worker.onerror = ({ message }) => {
      const { host = '' } = globalThis.location ?? {};
      const error = message
        ? new AppError('bug', `The knowledge worker failed: ${message}`)
        : new AppError('part-missing', 'The knowledge worker cannot be fetched', { file: 'worker.js', host });
      this.fail(worker, error);
    };
    return (this.worker = worker);
  }

  private fail(worker: Worker | null, error: AppError): void {
    worker?.terminate();
    if (this.worker === worker) this.worker = null;
    for (const id of [...this.pending.keys()]) this.settle(id)?.reject(error);
  }

  private settle(id: number): Pending | undefined {
    const entry = this.pending.get(id);
    entry?.signal?.removeEventListener('abort', entry.onAbort);
    this.pending.delete(id);
    return entry;
  }

  private take(message: FromKnowledge): void {
    if (message.kind === 'progress') return this.pending.get(message.id)?.onProgress?.(message.fraction);
    const entry = this.settle(message.id);
    if (message.kind === 'result') entry?.resolve(message.result as never);
    else if (message.kind === 'error') entry?.reject(fromWireError(message.error));
    else entry?.reject(entry.signal?.reason ?? new DOMException('Stopped', 'AbortError'));
  }
}
