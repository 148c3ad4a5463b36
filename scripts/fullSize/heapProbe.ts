// Measures the JavaScript memory of a page and its workers over the DevTools protocol, without forcing a collection.
import type { Page } from 'playwright';

/** Result of Runtime.getHeapUsage; Playwright's types have only the first two fields. */
interface HeapUsage {
  usedSize: number;
  totalSize: number;
  /** Array buffers. */
  backingStorageSize?: number;
}

const ANSWER_MS = 2000;

/** @returns a function that measures now; a worker that does not respond for 2 s counts with its last value. */
export async function heapProbe(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  /** Session id → bytes in the last response. */
  const workers = new Map<string, number>();
  let answered: (() => void) | undefined;
  session.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
    if (targetInfo.type === 'worker') workers.set(sessionId, 0);
  });
  session.on('Target.detachedFromTarget', ({ sessionId }) => workers.delete(sessionId));
  session.on('Target.receivedMessageFromTarget', ({ sessionId, message }) => {
    const { id, result } = JSON.parse(message) as { id?: number; result?: HeapUsage };
    if (id === undefined || !result) return;
    if (workers.has(sessionId)) workers.set(sessionId, sum(result));
    answered?.();
  });
  // Playwright owns the flat sessions; these are sessions of the older kind, with wrapped messages.
  await session.send('Target.setAutoAttach', {
    autoAttach: true,
    waitForDebuggerOnStart: false,
    flatten: false,
  });
  let id = 0;

  return async () => {
    const ofPage = sum((await session.send('Runtime.getHeapUsage')) as HeapUsage);
    let waiting = workers.size;
    if (waiting > 0) {
      const all = new Promise<void>((resolve) => {
        answered = () => --waiting === 0 && resolve();
        setTimeout(resolve, ANSWER_MS);
      });
      const message = JSON.stringify({ id: ++id, method: 'Runtime.getHeapUsage' });
      for (const sessionId of workers.keys()) {
        session.send('Target.sendMessageToTarget', { sessionId, message }).catch(() => undefined); // the worker ended
      }
      await all;
    }
    return [...workers.values()].reduce((total, bytes) => total + bytes, ofPage);
  };
}

function sum({ usedSize, backingStorageSize = 0 }: HeapUsage): number {
  return usedSize + backingStorageSize;
}
