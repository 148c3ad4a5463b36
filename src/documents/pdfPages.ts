// The pages of an opened PDF as text: the same in the page, where pdf.js has a worker, and in Node.
import type { PDFDocumentProxy } from 'pdfjs-dist';
import { AppError, isAbort } from '../shared/errors';
import { judgePages } from './scan';
import type { DocumentText } from './types';

/** Share of pages without text that is told: books have a few blank pages. */
const WORTH_TELLING = 0.2;
const BETWEEN_PAGES = '\n\n';

export interface PdfOptions {
  signal?: AbortSignal;
  /** Called after each page. */
  onPage?: (done: number, total: number) => void;
  /** Reading ends at this many characters: a small file can hold pages without end. */
  maxChars: number;
}

function tooLong(name: string, chars: number, maxChars: number): AppError {
  const details = { name, chars, maxChars };
  return new AppError('document-too-long', `${name} has ${chars} characters of text.`, details);
}

/** What pdf.js throws, as an error of the app. */
export function pdfFailure(error: unknown, name: string): unknown {
  if (isAbort(error) || error instanceof AppError) return error;
  if (error instanceof Error && error.name === 'PasswordException') {
    const message = `${name} is protected by a password. Save it without one.`;
    return new AppError('document-locked', message, { name }, error);
  }
  return new AppError('document-damaged', `${name} cannot be read as a PDF.`, { name }, error);
}

/** The text of each page. @throws AppError document-too-long */
export async function textsOfPages(
  pdf: PDFDocumentProxy,
  name: string,
  { signal, onPage, maxChars }: PdfOptions,
): Promise<string[]> {
  const pages: string[] = [];
  let chars = 0;
  for (let number = 1; number <= pdf.numPages; number++) {
    signal?.throwIfAborted();
    const page = await pdf.getPage(number);
    const { items } = await page.getTextContent();
    const text = items.map((item) => ('str' in item ? item.str + (item.hasEOL ? '\n' : '') : '')).join('');
    pages.push(text.replace(/\r\n?/g, '\n').replace(/\0/g, '').trim());
    chars += pages[pages.length - 1].length;
    if (chars > maxChars) throw tooLong(name, chars, maxChars);
    page.cleanup();
    onPage?.(number, pdf.numPages);
  }
  return pages;
}

/** @throws AppError document-scanned, for pages without text */
export function documentOfPages(pages: readonly string[], name: string): DocumentText {
  const { isScan, emptyPages } = judgePages(pages);
  if (isScan) {
    const message = `${name} has ${pages.length} pages, and next to no text in them.`;
    throw new AppError('document-scanned', message, { name, pages: pages.length });
  }
  const missing = emptyPages > pages.length * WORTH_TELLING ? { emptyPages } : {};
  const text = pages.filter(Boolean).join(BETWEEN_PAGES);
  return { kind: 'pdf', text, pages: pages.length, pageStarts: startsOf(pages), ...missing };
}

/** Where each page begins in the joined text; a page without text begins where the next one does. */
function startsOf(pages: readonly string[]): number[] {
  let next = 0;
  return pages.map((page) => {
    const start = next;
    if (page) next += page.length + BETWEEN_PAGES.length;
    return start;
  });
}
