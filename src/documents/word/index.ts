// Word files, read in a worker. Loaded with the first such file.
import { AppError, fromWireError } from '../../shared/errors';
import { missingPart } from '../../shared/missingPart';
import type { DocumentText } from '../types';
import type { WordReply, WordRequest } from './wordWorker';

/**
 * The text of a .docx file.
 * @throws AppError document-damaged, document-locked, document-too-big; an abort throws the signal's reason.
 */
export async function readWord(
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
  signal?: AbortSignal,
): Promise<DocumentText> {
  signal?.throwIfAborted();
  const worker = new Worker(new URL('./wordWorker.ts', import.meta.url), { type: 'module' });
  return new Promise<DocumentText>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<WordReply>) =>
      'document' in data ? resolve(data.document) : reject(fromWireError(data.error));
    // an error without a message: the worker's script could not be loaded
    worker.onerror = ({ message }) =>
      reject(
        message
          ? new AppError('document-damaged', `${name} could not be read: ${message}`, { name })
          : missingPart(new URL('wordWorker.js', import.meta.url), undefined),
      );
    signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    worker.postMessage({ bytes, name } satisfies WordRequest);
  }).finally(() => worker.terminate());
}
