/**
 * Stable codes of all failures that need a user's action. The UI translates the code (src/ui/i18n) and fills in the
 * numbers from `details`; the English `message` is for developers, logs and the command line.
 */
export const ERROR_CODES = [
  'bug', // a violated invariant
  'part-missing', // a file of the app that its host lacks, or serves as another type; details: file, host
  'sandbox-file', // the host lacks the frame for tools' code; details: file, host
  'sandbox-header', // the browser shows the frame only with a header; details: file, host, header
  'sandbox-silent', // the frame did not start; details: file, seconds
  'python-missing', // the host lacks a file of Python; details: file, host
  'python-parts', // code needs a download that nobody has allowed; details: parts, bytes, host
  'python-start', // details: why
  'no-webgpu',
  'no-adapter',
  'limits-too-small', // details: limit, needed, available
  'device-lost', // details: reason ('error', 'out-of-memory', 'unreadable', 'refused' or the browser's word)
  'engine-failed', // the engine ended again and again; details: tries, why
  'engine-missing', // the engine's script could not be loaded; details: tries, why
  'engine-elsewhere', // a tab with another version of the app has the engine
  'out-of-gpu-memory', // details: neededBytes, what, resident (what holds memory: 'chat X (5300 MiB), …', or '')
  'kernel-wrong', // details: kernel, device, difference, allowed, refused ('yes': by the compiler, or 'no')
  'logits-not-finite', // NaN or infinity during an answer; details: device, tokens (written before)
  'not-gguf', // details: found (first bytes, hex)
  'gguf-version', // details: version
  'file-truncated', // details: section, neededBytes, availableBytes
  'bad-metadata', // details: key, why
  'unsupported-architecture', // details: architecture, supported
  'unsupported-tensor-type', // details: tensor, type, supported
  'unsupported-tokenizer', // details: model, pre
  'missing-tensor', // details: tensor
  'unknown-tensor', // tensors that the engine would ignore; details: tensor (the first), count
  'wrong-shape', // details: tensor, found, expected
  'bad-values', // details: tensor; a scale or weight that is not finite
  'split-incomplete', // details: missing (part numbers), count
  'bad-safetensors', // not safetensors, truncated, or impossible offsets; details: name, why
  'missing-file', // of an original repository; details: name
  'bad-schema', // a JSON Schema that cannot be used; details: where (JSON pointer), why
  'bad-config', // unusable config.json or tokenizer file; details: name, why
  'no-model-file', // chosen files or folder without a supported file; details: name
  'bad-address', // typed by the user, names no model or mirror; details: address
  'bad-listing', // a hub's response that is not a file list; details: url
  'not-on-hub', // a catalogue model that this hub lacks; details: model, variant, hub
  'not-found', // HTTP 404; details: url
  'access-denied', // HTTP 401, 403; details: url, status, token ('sent' or 'none')
  'http-error', // any other status; details: url, status, retryAfterSeconds if the server sent it
  'not-a-file', // a web page in place of the file: login, captive portal; details: url
  'size-mismatch', // the server's size differs from the published one; details: url, expected, found
  'hash-mismatch', // the content differs from the published one; details: url, expected, found (SHA-256)
  'no-range-support', // details: url
  'network', // unreachable host or refused by CORS; details: url
  'connection-lost', // cut while reading; details: url, receivedBytes, totalBytes
  'source-changed', // size or ETag differs between requests; details: url
  'file-unreadable', // a local file moved, changed while it was read, or its drive unplugged; details: name
  'file-permission', // the browser denied this page access to a file on disk; details: name
  'file-changed', // a file used in place differs from its first load; details: name, id
  'storage-quota', // details: neededBytes, availableBytes
  'storage-unavailable', // IndexedDB refused
  'storage-stuck', // the browser does not open a database; details: name, seconds
  'storage-blocked', // a tab with an older version of the page blocks opening the chats
  'storage-outdated', // a newer version of the page has changed the stored form of the chats; this tab may not write
  'chat-deleted', // another tab deleted the chat that was shown or written here
  'import-too-large', // an imported chat file; details: name, sizeBytes, maxBytes
  'import-unknown', // a file without chats in a known format; details: name
  'import-damaged', // details: name, where (path in the file), why, whole: 'yes' if it is the whole file
  'import-version', // chats exported by a newer version of the app; details: name, found, supported
  'cache-damaged', // details: id, shard; after a check of all parts also damaged, parts (counts)
  'model-outdated', // stored by an older version, source unknown; details: id, name, origin
  'pack-version', // a model exported by another version of the app; details: name, found, supported
  'pack-damaged', // an exported model with changed bytes; details: name, part
  'pack-invalid', // a .glmpack with an impossible manifest; details: name, key, why
  'pin-mismatch', // a source offers another file than the catalogue knows; details: url, expected, found (SHA-256)
  'context-full', // details: promptTokens, contextTokens
  'model-in-use', // another tab holds this model; details: id
  'document-type', // an attached file of an unsupported type; details: name, type
  'document-empty', // details: name
  'document-scanned', // pages without text; details: name, pages
  'document-locked', // protected by a password; details: name
  'document-damaged', // details: name
  'document-too-big', // details: name, bytes, maxBytes
  'document-too-long', // details: name, chars, maxChars
  'agent-unknown', // not a .glmagent file; details: name
  'agent-damaged', // a .glmagent file; details: name, where, why
  'agent-version', // made by a newer version of the app; details: name, found, supported
  'agent-too-large', // after unpacking; details: name, bytes, maxBytes
  'agent-empty', // a .glmagent file without knowledge; details: name
  'bad-functions', // a file of functions; details: name, where, why
  'bad-openapi', // an OpenAPI document; details: name, where, why
  'mcp-failed', // an MCP server that cannot be used; details: url, why
  'mcp-headers', // one whose answers hide the session header from pages (CORS); details: url, origin
  'mcp-key', // one that wants a key or a sign-in; details: url
  'sign-in', // a sign-in that did not end well; details: host, why
  'bad-memory', // a file without notes of the memory; details: name
  'bad-prompts', // not a prompt library; details: name
  'server-address', // typed by the user, not a server address; details: address
  'server-insecure', // http to another computer, which browsers block; details: url
  'server-unreachable', // no answer; details: url, mixed ('yes': http requested by an https page, or 'no')
  'server-refused', // the server answers, but CORS hides the response; details: url, origin
  'server-blocked', // the browser denies this page access to the local network; details: url
  'server-key', // HTTP 401, 403; details: url, status, token ('sent' or 'none')
  'server-not-openai', // the server does not speak the OpenAI API; details: url
  'server-error', // failure reported by the server, also mid-answer; details: url, status, why
  'server-cut', // the connection broke mid-answer; details: url, tokens
  'server-gone', // a chat's server is no longer in the settings; details: name
  'no-model', // the request needs a loaded model
  'picture-unreadable', // a picture that cannot be decoded or has an impossible size; details: why
  'no-eyes', // a model that could see lacks the file of its eyes; details: model
  'eyes-alone', // a file of eyes was opened as a model; details: name
  'eyes-unfit', // eyes of another model; details: eyes, model, why
  'text-only', // a chat part that the answering model cannot read; details: part ('image', 'audio', 'file')
  'busy', // the engine is answering another request
  'bad-request', // details: field, why
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

export type ErrorDetails = Record<string, string | number>;

/** A failure that needs a user's action: cause, numbers, next step. `details` survive postMessage. */
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

/** Serialised AppError for postMessage. */
export interface WireError {
  code: ErrorCode;
  message: string;
  details: ErrorDetails;
}

/** Any thrown value as a WireError; anything but an AppError becomes 'bug' with its stack in the message. */
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

/** True for the DOMException of an AbortSignal: stopping is an outcome, not a failure. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
