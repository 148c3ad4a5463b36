// What the machine cannot hold, in numbers.
import { AppError } from '../shared/errors';

/** GPU memory of one owner. */
export interface Holding {
  owner: string;
  bytes: number;
}

/** @param holdings what is resident, the largest first */
export function outOfMemory(
  what: string,
  neededBytes: number,
  holdings: readonly Holding[],
  why: string,
): AppError {
  const resident = holdings.map(({ owner, bytes }) => `${owner} (${mebibytes(bytes)})`).join(', ');
  return new AppError(
    'out-of-gpu-memory',
    `The GPU could not hold ${what} (${mebibytes(neededBytes)})${resident && ` beside ${resident}`}: ${why} Choose a smaller model or context, or close other tabs.`,
    { what, neededBytes, resident },
  );
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(bytes < 2 ** 20 ? 2 : 0)} MiB`;
}
