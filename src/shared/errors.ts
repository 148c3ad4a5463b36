/**
 * Every failure somebody must act on, as a stable code. The UI translates the code (src/ui/i18n) and fills in
 * the numbers from `details`; the English `message` is for developers, logs and the command line.
 */
export const ERROR_CODES = [
  'bug', // a broken invariant of ours
  'no-webgpu',
  'no-adapter',
  'limits-too-small', // details: limit, needed, available
  'device-lost',
  'out-of-gpu-memory', // details: neededBytes, what, resident (what holds memory: 'chat X (5300 MiB), …', or '')
  'not-gguf', // details: found (first bytes, hex)
  'gguf-version', // details: version
  'file-truncated', // details: section, neededBytes, availableBytes
  'bad-metadata', // details: key, why
  'unsupported-architecture', // details: architecture, supported
  'unsupported-tensor-type', // details: tensor, type, supported
  'unsupported-tokenizer', // details: model, pre
  'missing-tensor', // details: tensor
  'wrong-shape', // details: tensor, found, expected
  'bad-values', // details: tensor; a scale or weight that is not finite
  'split-incomplete', // details: missing (part numbers), count
  'bad-safetensors', // not safetensors, cut, or offsets that cannot be; details: name, why
  'missing-file', // of an original repository; details: name
  'bad-config', // config.json or a tokenizer file that cannot be used; details: name, why
  'no-model-file', // chosen files or a folder without any we read; details: name
  'bad-address', // typed by a person, names no model or mirror; details: address
  'bad-listing', // a hub's answer that is no list of files; details: url
  'not-on-hub', // a catalogue model that this hub lacks; details: model, variant, hub
  'not-found', // HTTP 404; details: url
  'access-denied', // HTTP 401, 403; details: url, status, token ('sent' or 'none')
  'http-error', // any other status; details: url, status, retryAfterSeconds where the server says
  'not-a-file', // a web page came instead: login, captive portal; details: url
  'size-mismatch', // the server's size is not the published one; details: url, expected, found
  'hash-mismatch', // the content is not the published one; details: url, expected, found (SHA-256)
  'no-range-support', // details: url
  'network', // unreachable host or refused by CORS; details: url
  'connection-lost', // cut while reading; details: url, receivedBytes, totalBytes
  'source-changed', // size or ETag differs between requests; details: url
  'file-unreadable', // a local file moved, changed while it was read, or its drive unplugged; details: name
  'file-permission', // the browser did not let this page read a file on disk; details: name
  'file-changed', // a file read in place is not the one it was; details: name, id
  'storage-quota', // details: neededBytes, availableBytes
  'storage-unavailable', // IndexedDB refused
  'storage-blocked', // a tab with an older version of the page keeps the chats from being opened
  'import-too-large', // chats to be imported; details: name, sizeBytes, maxBytes
  'import-unknown', // a file that holds no chats we know; details: name
  'import-damaged', // details: name, where (path in the file), why, whole: 'yes' if it is the whole file
  'import-version', // chats exported by a newer version of the app; details: name, found, supported
  'cache-damaged', // details: id, shard; when all parts were looked at also damaged, parts (counts)
  'model-outdated', // stored by an older version, and its source is unknown; details: id, name, origin
  'pack-version', // an exported model of another version of the app; details: name, found, supported
  'pack-damaged', // an exported model whose bytes changed; details: name, part
  'context-full', // details: promptTokens, contextTokens
  'model-in-use', // another tab holds this model; details: id
  'document-type', // an attached file that is no text we read; details: name, type
  'document-empty', // details: name
  'document-scanned', // pages without text; details: name, pages
  'document-locked', // protected by a password; details: name
  'document-damaged', // details: name
  'document-too-big', // details: name, bytes, maxBytes
  'document-too-long', // details: name, chars, maxChars
  'bad-prompts', // a file that is no prompt library; details: name
  'server-address', // typed by a person, no address of a server; details: address
  'server-insecure', // http on another computer, which browsers block; details: url
  'server-unreachable', // nothing answers; details: url, mixed ('yes': http asked by an https page, or 'no')
  'server-refused', // it answers, but its headers do not let this page read it (CORS); details: url, origin
  'server-blocked', // the browser was told to keep this page from the local network; details: url
  'server-key', // HTTP 401, 403; details: url, status, token ('sent' or 'none')
  'server-not-openai', // something else answers there; details: url
  'server-error', // the server's own failure, also mid-answer; details: url, status, why
  'server-cut', // the connection broke mid-answer; details: url, tokens
  'server-gone', // a chat's server is no longer in the settings; details: name
  'no-model', // a request that needs a loaded model came before one
  'text-only', // a part of a chat that the answering model cannot read; details: part ('image', 'audio', 'file')
  'busy', // the engine is answering another request
  'bad-request', // details: field, why
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

export type ErrorDetails = Record<string, string | number>;

/** A failure somebody must act on: what, how much, and the next step. `details` survive postMessage. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, cause?: unknown) {
    super(message, { cause });
    this.name = 'AppError';
    this.code = code;
    this.details = details;
  }
}

/** The form of an AppError that crosses postMessage. */
export interface WireError {
  code: ErrorCode;
  message: string;
  details: ErrorDetails;
}

/** Any thrown value as a WireError; what is not an AppError becomes 'bug' with its stack in the message. */
export function toWireError(error: unknown): WireError {
  if (error instanceof AppError) {
    return { code: error.code, message: error.message, details: error.details };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: 'bug', message, details: {} };
}

/** The inverse of {@link toWireError}. */
export function fromWireError({ code, message, details }: WireError): AppError {
  return new AppError(code, message, details);
}

/** True for the DOMException that an AbortSignal raises: stopping is an outcome, not a failure. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
