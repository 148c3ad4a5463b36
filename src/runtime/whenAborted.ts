/** Rejects with the signal's reason once it fires; nobody has to listen. */
export function whenAborted(signal?: AbortSignal): Promise<never> {
  const stopped = new Promise<never>((_, reject) => {
    const stop = () => reject(signal?.reason as Error);
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
  stopped.catch(() => undefined); // nobody may be waiting any more
  return stopped;
}
