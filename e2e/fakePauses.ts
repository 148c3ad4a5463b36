// Pauses of the fake engine: of a few ms, or until the test lets it go on.

/** @throws the signal's reason, once it aborts */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal?.reason as Error);
    if (signal?.aborted) return onAbort();
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      onAbort();
    });
  });
}

/** Pauses under way. The page's root element says how many, in `data-held`: a test resumes what has begun to wait. */
let pauses = 0;
const countPauses = (change: number) => {
  pauses += change;
  document.documentElement.dataset.held = String(pauses);
};

/** A pause of `ms`, or until the browser is online again. */
export async function untilOnline(ms: number, signal?: AbortSignal): Promise<void> {
  const online = new Promise((resolve) => addEventListener('online', resolve, { once: true }));
  countPauses(1);
  await Promise.race([online, sleep(ms, signal)]).finally(() => countPauses(-1));
}

/** Until the browser is online again. */
export const held = (signal?: AbortSignal) => untilOnline(3_600_000, signal);
