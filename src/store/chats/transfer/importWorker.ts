// Importing in a worker of its own: a hundred megabytes of JSON would stop the page for seconds.
import { toWireError, type WireError } from '../../../shared/errors';
import { openChatDb } from '../chatDb';
import { importFile, type ImportResult } from './importFile';

export type ImportReply = { result: ImportResult } | { error: WireError };

addEventListener('message', ({ data }: MessageEvent<File>) => {
  importFile(openChatDb(), data).then(
    (result) => postMessage({ result } satisfies ImportReply),
    (error: unknown) => postMessage({ error: toWireError(error) } satisfies ImportReply),
  );
});
