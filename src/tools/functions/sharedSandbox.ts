// One sandbox for all calls of functions: each call has a worker of its own in it.
import { openSandbox, type Sandbox } from '../sandbox/frame';

let opening: Promise<Sandbox> | undefined;

/** @throws AppError of openSandbox; the next call tries again */
export function sharedSandbox(): Promise<Sandbox> {
  opening ??= openSandbox().catch((error: unknown) => {
    opening = undefined;
    throw error;
  });
  return opening;
}
