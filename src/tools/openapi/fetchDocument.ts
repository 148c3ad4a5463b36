// OpenAPI documents from an address.
import { httpRequest } from '../../network/network';
import { AppError } from '../../shared/errors';
import { addressFault, isPrivateHost } from '../http/endpoint';
import { MOST_DOCUMENT_BYTES, readDocument, type OpenApiDocument } from './document';

/**
 * Fetches and reads a document. One from the network names no servers in the reader's own network: their owner is not
 * who wrote it.
 * @throws AppError bad-address, server-unreachable, server-refused, server-blocked, http-error, bad-openapi
 */
export async function fetchDocument(address: string, signal?: AbortSignal): Promise<OpenApiDocument> {
  if (!URL.canParse(address) || addressFault(address) !== undefined)
    throw new AppError('bad-address', `${address} is no address of a document`, { address });
  const { host, hostname, pathname } = new URL(address);
  const answer = await httpRequest(
    {
      ...{ url: address, method: 'GET', headers: { accept: 'application/json, application/yaml, */*' } },
      ...{ maxBytes: MOST_DOCUMENT_BYTES, timeoutMs: 30_000 },
    },
    signal,
  );
  const name = pathname.split('/').at(-1) || host;
  if (answer.kind === 'timeout')
    throw new AppError('server-unreachable', `No answer from ${address}`, { url: address, mixed: 'no' });
  const status = answer.kind === 'redirect' ? 302 : answer.status;
  if (answer.kind === 'redirect' || status >= 400)
    throw new AppError('http-error', `${address}: ${status}`, { url: address, status });
  const document = await readDocument(await answer.body.text(), name, address);
  if (isPrivateHost(hostname)) return document;
  const isOuter = (url: string) => URL.canParse(url) && !isPrivateHost(new URL(url).hostname);
  return {
    ...document,
    servers: document.servers.filter(isOuter),
    operations: document.operations.map((one) => ({ ...one, servers: one.servers.filter(isOuter) })),
  };
}
