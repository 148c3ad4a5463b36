// How much JavaScript memory a page and its workers hold, asked over the DevTools protocol: nothing is collected for it.
import type { Page } from 'playwright';

/** Answer of Runtime.getHeapUsage; @types of Playwright know only the first two. */
interface HeapUsage {
  usedSize: number;
  totalSize: number;
  /** Array buffers. */
  backingStorageSize?: number;
}

const ANSWER_MS = 2000;

/** @returns a function that asks now; a worker busy for 2 s counts with what it held before. */
export async function heapProbe(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  /** Session id → bytes of the last answer. */
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
  // Playwright owns the flat sessions; these are the older kind, whose messages come wrapped.
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
        session.send('Target.sendMessageToTarget', { sessionId, message }).catch(() => undefined); // it ended
      }
      await all;
    }
    return [...workers.values()].reduce((total, bytes) => total + bytes, ofPage);
  };
}

function sum({ usedSize, backingStorageSize = 0 }: HeapUsage): number {
  return usedSize + backingStorageSize;
}
