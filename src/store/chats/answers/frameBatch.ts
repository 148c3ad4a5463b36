/** Collects calls and runs `flush` once per frame, so that fast tokens cost one render each frame at most. */
export interface FrameBatch {
  request(): void;
  /** Forgets a requested run. */
  cancel(): void;
}

/** Frames stop in hidden tabs; this timer then keeps the store, and with it the saved chat, moving. */
const HIDDEN_TAB_MS = 250;

export function createFrameBatch(flush: () => void): FrameBatch {
  let frame = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const cancel = () => {
    if (timer === undefined) return;
    globalThis.cancelAnimationFrame?.(frame);
    clearTimeout(timer);
    timer = undefined;
  };
  const run = () => {
    cancel();
    flush();
  };
  return {
    request() {
      if (timer !== undefined) return;
      timer = setTimeout(run, HIDDEN_TAB_MS);
      frame = globalThis.requestAnimationFrame?.(run) ?? 0;
    },
    cancel,
  };
}
