import { AppError, fromWireError } from '../../../shared/errors';
import type { ImportResult } from './importFile';
import type { ImportReply } from './importWorker';

/** @throws AppError of importFile; 'bug' when the worker itself fails, for example without memory. */
export function importInWorker(file: File): Promise<ImportResult> {
  const worker = new Worker(new URL('./importWorker.ts', import.meta.url), { type: 'module' });
  return new Promise<ImportResult>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<ImportReply>) =>
      'result' in data ? resolve(data.result) : reject(fromWireError(data.error));
    worker.onerror = ({ message }) => reject(new AppError('bug', `The import failed: ${message}`));
    worker.postMessage(file);
  }).finally(() => worker.terminate());
}
