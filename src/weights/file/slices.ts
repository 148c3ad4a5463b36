// Time slices for long work on the worker's single thread: between slices the loaded model reads back its tokens.

/** Unsliced, a batch of 8 MiB would occupy the thread for ten times as long while it is quantised. */
const SLICE_MS = 12;

/**
 * Returns a function to call between pieces of work. When a slice is used up, it lets all other pending tasks run.
 * @param now clock, replaced by tests.
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

/** Queues a new task; a timer would be delayed by 4 ms. */
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
