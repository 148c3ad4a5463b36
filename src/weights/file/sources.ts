// WeightSources for a local file and for memory. For a server: httpSource.ts.
import { AppError } from '../../shared/errors';
import { assertInside } from './truncation';
import type { WeightSource } from '../types';

export { httpSource, WHOLE_BYTES } from './httpSource';

/** A file picked by the user. @throws AppError 'file-unreadable' if it was moved, changed or locked since. */
export function fileSource(file: Blob & { readonly name?: string }): WeightSource {
  const name = file.name ?? 'file';
  return {
    name,
    byteLength: () => Promise.resolve(file.size),
    async read(offset, length, signal) {
      signal?.throwIfAborted();
      assertInside(name, offset, length, file.size);
      let buffer: ArrayBuffer;
      try {
        buffer = await file.slice(offset, offset + length).arrayBuffer();
      } catch (error) {
        throw unreadable(name, error);
      }
      if (buffer.byteLength !== length) throw unreadable(name);
      return new Uint8Array(buffer);
    },
  };
}

/** Bytes in memory, for tests and tiny models. */
export function bytesSource(bytes: Uint8Array, name = 'bytes'): WeightSource {
  return {
    name,
    byteLength: () => Promise.resolve(bytes.length),
    async read(offset, length, signal) {
      signal?.throwIfAborted();
      assertInside(name, offset, length, bytes.length);
      return new Uint8Array(bytes.subarray(offset, offset + length));
    },
  };
}

function unreadable(name: string, cause?: unknown): AppError {
  const message = `${name} cannot be read any more: it was moved or changed, or its permission ended. Choose it again.`;
  return new AppError('file-unreadable', message, { name }, cause);
}
