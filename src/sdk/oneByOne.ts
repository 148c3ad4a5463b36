/** Runs jobs in the order they came. One whose signal fires while it waits never runs. */
export type OneByOne = <T>(job: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

export function oneByOne(): OneByOne {
  let last: Promise<unknown> = Promise.resolve();
  return (job, signal) => {
    const run = last.then(() => {
      signal?.throwIfAborted();
      return job();
    });
    last = run.catch(() => undefined);
    return run;
  };
}
