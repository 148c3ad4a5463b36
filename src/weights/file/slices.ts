// Long work on the worker's one thread, in slices: between them the model in use reads its tokens back.

/** Quantising a batch of 8 MiB takes ten times as long in one go. */
const SLICE_MS = 12;

/**
 * Call what it returns between pieces of work: once a slice is used up it lets everything else that waits run first.
 * @param now for tests.
 */
export function slices(now: () => number = () => performance.now()): () => Promise<void> | undefined {
  let end = now() + SLICE_MS;
  return () => {
    if (now() < end) return undefined;
    return nextTask().then(() => {
      end = now() + SLICE_MS;
    });
  };
}

/** A task of its own; a timer would be held back by 4 ms. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
