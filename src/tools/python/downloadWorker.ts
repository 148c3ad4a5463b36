// Downloads files from other hosts: a worker's policy allows that, the page's does not. Without cookies and referrer.
import { toWireError, AppError, type WireError } from '../../shared/errors';

export interface DownloadRequest {
  urls: string[];
}

export type DownloadEvent =
  | { kind: 'bytes'; count: number }
  | { kind: 'file'; url: string; bytes: ArrayBuffer }
  | { kind: 'error'; error: WireError }
  | { kind: 'end' };

/** The part of a worker's global scope used here; this file is type-checked with the page. */
const scope = self as unknown as {
  postMessage(event: DownloadEvent, transfer?: Transferable[]): void;
  onmessage: (event: MessageEvent<DownloadRequest>) => void;
};

async function download(url: string): Promise<void> {
  let answer: Response;
  try {
    answer = await fetch(url, { credentials: 'omit', referrerPolicy: 'no-referrer' });
  } catch (error) {
    throw new AppError('network', `${url} cannot be reached, or refuses this page (CORS)`, { url }, error);
  }
  if (!answer.ok || !answer.body)
    throw new AppError('http-error', `${url}: ${answer.status}`, { url, status: answer.status });
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  const reader = answer.body.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    chunks.push(next.value);
    scope.postMessage({ kind: 'bytes', count: next.value.length });
  }
  const bytes = await new Blob(chunks).arrayBuffer();
  scope.postMessage({ kind: 'file', url, bytes }, [bytes]);
}

scope.onmessage = async ({ data }) => {
  try {
    for (const url of data.urls) await download(url);
    scope.postMessage({ kind: 'end' });
  } catch (error) {
    scope.postMessage({ kind: 'error', error: toWireError(error) });
  }
};
