// Reading Word files in a worker of its own: the page stays responsive, and stopping ends the work.
import { toWireError, type WireError } from '../../shared/errors';
import type { DocumentText } from '../types';
import { readWord } from './readWord';

export interface WordRequest {
  bytes: Uint8Array<ArrayBuffer>;
  name: string;
}
export type WordReply = { document: DocumentText } | { error: WireError };

addEventListener('message', ({ data: { bytes, name } }: MessageEvent<WordRequest>) => {
  readWord(bytes, name).then(
    (document) => postMessage({ document } satisfies WordReply),
    (error: unknown) => postMessage({ error: toWireError(error) } satisfies WordReply),
  );
});
