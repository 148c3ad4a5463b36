// One HTTP Range request (RFC 9110, section 14), with every check of its response.
import { identityOf, sameFile, validators, type FileIdentity } from './fileIdentity';
import { BrokenBody, isHtml, refuse, sourceChanged, unknownSize, unreachable, webPage } from './httpErrors';

export interface RangeRequest {
  url: string;
  offset: number;
  length: number;
  /** Identity from an earlier response; this response must match. */
  known?: FileIdentity;
  /** Sent as `Authorization: Bearer`; fetch drops it on a redirect to another origin (Fetch, section 4.4). */
  token?: string;
  signal?: AbortSignal;
}

export interface RangeAnswer {
  response: Response;
  identity: FileIdentity;
}

/**
 * Sends the request and checks the status and headers of the response.
 * @throws AppError not-found, access-denied, http-error, no-range-support, not-a-file, network, source-changed; an
 *   abort throws the signal's reason.
 */
export async function requestRange(request: RangeRequest): Promise<RangeAnswer> {
  const { url, offset, known } = request;
  const response = await send(request);
  const { status } = response;
  if (
    status === 200 &&
    known &&
    !sameFile(known, { ...known, ...validators(response) }) &&
    !isHtml(response)
  ) {
    throw changed(response, url); // If-Range did not match
  }
  if (status !== 206 && status !== 416) throw await refuse(response, url, Boolean(request.token));
  if (isHtml(response)) throw webPage(response, url);
  const identity = identityOf(response, offset, known) ?? (await askHead(response, request));
  if (identity === 'other range' || (known && !sameFile(known, identity))) throw changed(response, url);
  if (status === 416 && offset < identity.totalBytes) throw changed(response, url);
  return { response, identity };
}

/** The body in pieces; Safari cannot iterate a stream. @throws BrokenBody. */
export async function* bodyOf({ body }: Response): AsyncGenerator<Uint8Array> {
  const reader = body?.getReader();
  try {
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      if (done) return;
      yield value;
    }
  } catch (cause) {
    throw new BrokenBody('the connection was cut', { cause });
  } finally {
    void reader?.cancel().catch(() => undefined); // the caller stopped reading
  }
}

async function send({ url, offset, length, known, token, signal }: RangeRequest): Promise<Response> {
  const headers: Record<string, string> = { Range: `bytes=${offset}-${offset + length - 1}` };
  if (token) headers.Authorization = `Bearer ${token}`;
  // A changed file then answers 200, which is detected. Cross-origin, CORS would require the host to allow this header.
  if (known?.etag?.startsWith('"') && isSameOrigin(url)) headers['If-Range'] = known.etag;
  try {
    // no-store: gigabytes in the HTTP cache would compete for disk with our own cache
    return await fetch(url, { headers, cache: 'no-store', signal });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw unreachable(url, error);
  }
}

/** Reads the size with HEAD: unlike Content-Range, Content-Length is always exposed by CORS. */
async function askHead(ranged: Response, { url, token, signal }: RangeRequest): Promise<FileIdentity> {
  const headers: Record<string, string> = token ? { Authorization: `Bearer ${token}` } : {};
  const head = await fetch(url, { method: 'HEAD', headers, cache: 'no-store', signal }).catch(
    () => undefined,
  );
  const length = head?.ok ? head.headers.get('Content-Length') : null;
  if (length !== null) return { totalBytes: Number(length), ...validators(ranged) };
  void ranged.body?.cancel();
  throw unknownSize(url);
}

function changed(response: Response, url: string): Error {
  void response.body?.cancel().catch(() => undefined);
  return sourceChanged(url);
}

/** Also true outside a page, where CORS does not apply. */
function isSameOrigin(url: string): boolean {
  const { location } = globalThis as { location?: { href: string; origin: string } };
  return location === undefined || new URL(url, location.href).origin === location.origin;
}
