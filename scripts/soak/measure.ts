// What a soak run samples: heap of a page and of its workers after a garbage collection, bytes of GPU buffers, storage.
import type { CDPSession, Page } from 'playwright';
import { heapParts, recordBytes, type HeapParts } from './inside';

export interface Sample {
  answers: number;
  /** JavaScript heap, DOM and array buffers of all tabs, in bytes. */
  pageBytes: number;
  /** The same of all workers. */
  workerBytes: number;
  /** Buffers that live on the GPU. */
  gpuBytes: number;
  /** IndexedDB of the origin. */
  databaseBytes: number;
  /** Elements and texts in the first tab's document, detached ones included. */
  domNodes: number;
}

interface HeapUsage {
  usedSize: number;
  embedderHeapUsedSize?: number;
  backingStorageSize?: number;
}

const total = ({ usedSize, embedderHeapUsedSize = 0, backingStorageSize = 0 }: HeapUsage) =>
  usedSize + embedderHeapUsedSize + backingStorageSize;

/** Runs in the engine's worker before it opens its device: counts bytes of buffers that were created and not destroyed. */
function countGpuBytes(): void {
  const counted = globalThis as { GPUDevice?: typeof GPUDevice; liveGpuBytes?: number };
  if (!counted.GPUDevice || counted.liveGpuBytes !== undefined) return;
  counted.liveGpuBytes = 0;
  const { createBuffer, destroy } = counted.GPUDevice.prototype;
  const buffers = new Map<GPUBuffer, { device: GPUDevice; bytes: number }>();
  const free = (buffer: GPUBuffer) => {
    counted.liveGpuBytes! -= buffers.get(buffer)?.bytes ?? 0;
    buffers.delete(buffer);
  };
  counted.GPUDevice.prototype.createBuffer = function (this: GPUDevice, descriptor) {
    const buffer = createBuffer.call(this, descriptor);
    buffers.set(buffer, { device: this, bytes: descriptor.size });
    counted.liveGpuBytes! += descriptor.size;
    const destroyBuffer = buffer.destroy.bind(buffer);
    buffer.destroy = () => {
      free(buffer);
      return destroyBuffer();
    };
    return buffer;
  };
  counted.GPUDevice.prototype.destroy = function (this: GPUDevice) {
    for (const [buffer, { device }] of buffers) if (device === this) free(buffer);
    return destroy.call(this);
  };
}

/** One tab under observation. */
export class WatchedTab {
  private readonly workers = new Map<string, (method: string) => Promise<unknown>>();

  private constructor(
    readonly page: Page,
    private readonly session: CDPSession,
  ) {}

  /** To be called before the page opens. */
  static async of(page: Page): Promise<WatchedTab> {
    const session = await page.context().newCDPSession(page);
    const tab = new WatchedTab(page, session);
    page.on('worker', (worker) => void worker.evaluate(countGpuBytes).catch(() => {})); // it may end at once
    await tab.followWorkers();
    return tab;
  }

  /** Workers answer through messages of the page's session. */
  private async followWorkers(): Promise<void> {
    const { session, workers } = this;
    const waiting = new Map<string, (result: unknown) => void>();
    let lastId = 0;
    session.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
      if (targetInfo.type !== 'worker') return;
      workers.set(sessionId, (method) => {
        const id = ++lastId;
        const answer = new Promise((resolve) => waiting.set(`${sessionId}/${id}`, resolve));
        void session.send('Target.sendMessageToTarget', {
          sessionId,
          message: JSON.stringify({ id, method }),
        });
        return answer;
      });
    });
    session.on('Target.detachedFromTarget', ({ sessionId }) => void workers.delete(sessionId));
    session.on('Target.receivedMessageFromTarget', ({ sessionId, message }) => {
      const { id, result } = JSON.parse(message) as { id?: number; result?: unknown };
      waiting.get(`${sessionId}/${id}`)?.(result);
      waiting.delete(`${sessionId}/${id}`);
    });
    await session.send('Target.setAutoAttach', {
      autoAttach: true,
      waitForDebuggerOnStart: false,
      flatten: false,
    });
  }

  async heaps(): Promise<{ pageBytes: number; workerBytes: number }> {
    await this.session.send('HeapProfiler.collectGarbage');
    const page = await this.session.send('Runtime.getHeapUsage');
    let workerBytes = 0;
    for (const send of this.workers.values()) {
      await send('HeapProfiler.collectGarbage');
      workerBytes += total((await send('Runtime.getHeapUsage')) as HeapUsage);
    }
    return { pageBytes: total(page), workerBytes };
  }

  /** What the heap consists of. */
  heapParts(): Promise<HeapParts> {
    return heapParts(this.session);
  }

  /** Bytes of records by database. */
  recordBytes(): Promise<Record<string, number>> {
    return recordBytes(this.page);
  }

  async gpuBytes(): Promise<number> {
    const count = () => (globalThis as { liveGpuBytes?: number }).liveGpuBytes ?? 0;
    const each = await Promise.all(
      this.page.workers().map((worker) => worker.evaluate(count).catch(() => 0)),
    );
    return each.reduce((sum, bytes) => sum + bytes, 0);
  }

  async domNodes(): Promise<number> {
    return (await this.session.send('Memory.getDOMCounters')).nodes;
  }

  databaseBytes(): Promise<number> {
    return this.page.evaluate(async () => {
      const estimate = await navigator.storage.estimate();
      const { usageDetails } = estimate as { usageDetails?: { indexedDB?: number } };
      return usageDetails?.indexedDB ?? estimate.usage ?? 0;
    });
  }
}

export async function sample(tabs: readonly WatchedTab[], answers: number): Promise<Sample> {
  const heaps = await Promise.all(tabs.map((tab) => tab.heaps()));
  const gpu = await Promise.all(tabs.map((tab) => tab.gpuBytes()));
  const sum = (values: number[]) => values.reduce((all, value) => all + value, 0);
  return {
    answers,
    pageBytes: sum(heaps.map(({ pageBytes }) => pageBytes)),
    workerBytes: sum(heaps.map(({ workerBytes }) => workerBytes)),
    gpuBytes: sum(gpu),
    databaseBytes: await tabs[0].databaseBytes(),
    domNodes: await tabs[0].domNodes(),
  };
}

/** Least-squares slope of `values` over `answers`, per 100 answers. */
export function slopePer100(samples: readonly Sample[], of: (one: Sample) => number): number {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(samples.map(({ answers }) => answers)), mean(samples.map(of))];
  const spread = mean(samples.map(({ answers }) => (answers - x) ** 2));
  return (100 * mean(samples.map((one) => (one.answers - x) * (of(one) - y)))) / spread;
}
