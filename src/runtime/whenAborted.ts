/** Rejects with the signal's reason once it fires. A rejection without a listener is no error. */
export function whenAborted(signal?: AbortSignal): Promise<never> {
  const stopped = new Promise<never>((_, reject) => {
    const stop = () => reject(signal?.reason as Error);
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
  stopped.catch(() => undefined); // without a listener it would count as unhandled
  return stopped;
}
