// Converts one file to text. Parsers are loaded on first use.
import { AppError } from '../shared/errors';
import type { Encoding } from './encodings';
import { fetchPart } from '../shared/missingPart';
import { withoutEmbedded } from './embedded';
import { extensionOf, kindOf } from './kinds';
import type { PdfOptions } from './pdfPages';
import type { DocumentKind, DocumentText } from './types';

export { ACCEPTED } from './kinds';
export { ENCODING_NAMES, ENCODINGS, type Encoding } from './encodings';
export type { DocumentKind, DocumentText } from './types';

const MAX_FILE_BYTES = 100e6;
/** About a million tokens: more than any context holds. */
const MAX_TEXT_CHARS = 4e6;

export interface Readers {
  pdf(bytes: Uint8Array, name: string, options: PdfOptions): Promise<DocumentText>;
  word(bytes: Uint8Array<ArrayBuffer>, name: string, signal?: AbortSignal): Promise<DocumentText>;
}

export interface ReadOptions {
  signal?: AbortSignal;
  /** Progress from 0 to 1, for slow formats. */
  onProgress?: (fraction: number) => void;
  /** Readers of formats that have a worker in the page, for programs without workers. */
  readers?: Readers;
  /** Reads a text file in this encoding instead of the most plausible one. */
  encoding?: Encoding;
}

async function readText(
  bytes: Uint8Array,
  name: string,
  kind: DocumentKind | undefined,
  chosen?: Encoding,
): Promise<DocumentText> {
  const { decodeAs, decodeText } = await fetchPart(() => import('./decode'));
  const decoded = chosen ? decodeAs(bytes, chosen) : decodeText(bytes, globalThis.navigator?.language);
  if (!decoded) {
    const type = extensionOf(name) || '?';
    throw new AppError('document-type', `${name} is no text, PDF or Word document.`, { name, type });
  }
  const { encoding, guessed = chosen !== undefined } = decoded;
  const text = await plainText(decoded.text, name, kind);
  return { kind: kind ?? 'text', text, encoding, ...(guessed && { guessed }) };
}

/** What a model should read of a text file: pages and notebooks without their markup, no embedded files. */
async function plainText(text: string, name: string, kind: DocumentKind | undefined): Promise<string> {
  if (kind === 'web') return (await fetchPart(() => import('./html'))).htmlToText(text);
  if (extensionOf(name) === 'ipynb') {
    const { notebookToText } = await fetchPart(() => import('./notebook'));
    const cells = notebookToText(text);
    if (cells !== undefined) return withoutEmbedded(cells);
  }
  return withoutEmbedded(text);
}

function readBytes(
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
  options: ReadOptions,
): Promise<DocumentText> {
  const kind = kindOf(name);
  // Magic bytes take precedence over the file name.
  if (String.fromCharCode(...bytes.subarray(0, 5)) === '%PDF-') {
    const onPage = (done: number, total: number) => options.onProgress?.(done / total);
    const asked: PdfOptions = { signal: options.signal, onPage, maxChars: MAX_TEXT_CHARS };
    if (options.readers) return options.readers.pdf(bytes, name, asked);
    return fetchPart(() => import('./pdf')).then(({ readPdf }) => readPdf(bytes, name, asked));
  }
  if (kind === 'word') {
    if (options.readers) return options.readers.word(bytes, name, options.signal);
    return fetchPart(() => import('./word')).then(({ readWord }) => readWord(bytes, name, options.signal));
  }
  return readText(bytes, name, kind === 'pdf' ? undefined : kind, options.encoding);
}

/**
 * @throws AppError document-type, document-too-big, document-empty, document-locked, document-scanned,
 * document-damaged, file-unreadable
 */
export async function readDocument(file: File, options: ReadOptions = {}): Promise<DocumentText> {
  const { name, size } = file;
  if (size > MAX_FILE_BYTES) {
    const details = { name, bytes: size, maxBytes: MAX_FILE_BYTES };
    throw new AppError(
      'document-too-big',
      `${name} has ${size} bytes, at most ${MAX_FILE_BYTES} are read.`,
      details,
    );
  }
  const bytes = await file.arrayBuffer().then(
    (buffer) => new Uint8Array(buffer),
    (error: unknown) => {
      throw new AppError('file-unreadable', `${name} cannot be read.`, { name }, error);
    },
  );
  const document = await readBytes(bytes, name, options);
  const text = document.text.replace(/\r\n?/g, '\n').replace(/\0/g, '').trim();
  if (text === '') throw new AppError('document-empty', `${name} is empty.`, { name });
  if (text.length > MAX_TEXT_CHARS) {
    const details = { name, chars: text.length, maxChars: MAX_TEXT_CHARS };
    throw new AppError('document-too-long', `${name} has ${text.length} characters of text.`, details);
  }
  return { ...document, text };
}
