// Extracts a PDF's text with pdf.js in its own worker: self-hosted, without eval. Loaded with the first PDF.
import { getDocument, GlobalWorkerOptions } from 'pdfjs-dist';
import workerUrl from 'pdfjs-dist/build/pdf.worker.min.mjs?url';
import { AppError } from '../shared/errors';
import { missingPart } from '../shared/missingPart';
import { judgePages } from './scan';
import type { DocumentText } from './types';

GlobalWorkerOptions.workerSrc = workerUrl;

/** URLs of the character maps of East Asian fonts; each is fetched when a document needs it. */
const CHARACTER_MAPS = import.meta.glob<string>('/node_modules/pdfjs-dist/cmaps/*.bcmap', {
  query: '?url',
  import: 'default',
  eager: true,
});

/** Supplies pdf.js with data files; text extraction only needs character maps. */
class CharacterMaps {
  async fetch({ kind, filename }: { kind: string; filename: string }): Promise<Uint8Array> {
    const url = kind === 'cMapUrl' ? CHARACTER_MAPS[`/node_modules/pdfjs-dist/cmaps/${filename}`] : undefined;
    if (!url) throw new Error(`${filename} is not needed for text`);
    return new Uint8Array(await (await fetch(url)).arrayBuffer());
  }
}

/** Share of pages without text that is told: books have a few blank pages. */
const WORTH_TELLING = 0.2;

function failure(error: unknown, name: string): unknown {
  const kind = error instanceof Error ? error.name : '';
  if (kind === 'PasswordException') {
    return new AppError(
      'document-locked',
      `${name} is protected by a password. Save it without one.`,
      { name },
      error,
    );
  }
  if (error instanceof Error && error.message.startsWith('Setting up fake worker failed')) {
    return missingPart(new URL(workerUrl, document.baseURI), error);
  }
  if (kind === 'AbortError' || error instanceof AppError) return error;
  return new AppError('document-damaged', `${name} cannot be read as a PDF.`, { name }, error);
}

export interface PdfOptions {
  signal?: AbortSignal;
  /** Called after each page. */
  onPage?: (done: number, total: number) => void;
  /** Reading ends at this many characters: a small file can hold pages without end. */
  maxChars: number;
}

/** AppError document-too-long. */
export function tooLong(name: string, chars: number, maxChars: number): AppError {
  const details = { name, chars, maxChars };
  return new AppError('document-too-long', `${name} has ${chars} characters of text.`, details);
}

/** @throws AppError document-locked, document-damaged, document-too-long, document-scanned (pages without text) */
export async function readPdf(
  data: Uint8Array,
  name: string,
  { signal, onPage, maxChars }: PdfOptions,
): Promise<DocumentText> {
  // `BinaryDataFactory` is newer than pdf.js's type declarations.
  const options = {
    data,
    isEvalSupported: false,
    useWorkerFetch: false,
    useSystemFonts: true,
    BinaryDataFactory: CharacterMaps,
  };
  const task = getDocument(options as Parameters<typeof getDocument>[0]);
  try {
    const pdf = await task.promise;
    const pages: string[] = [];
    let chars = 0;
    for (let number = 1; number <= pdf.numPages; number++) {
      signal?.throwIfAborted();
      const page = await pdf.getPage(number);
      const { items } = await page.getTextContent();
      pages.push(
        items
          .map((item) => ('str' in item ? item.str + (item.hasEOL ? '\n' : '') : ''))
          .join('')
          .trim(),
      );
      chars += pages[pages.length - 1].length;
      if (chars > maxChars) throw tooLong(name, chars, maxChars);
      page.cleanup();
      onPage?.(number, pdf.numPages);
    }
    const text = pages.filter(Boolean).join('\n\n');
    const { isScan, emptyPages } = judgePages(pages);
    if (isScan) {
      const details = { name, pages: pages.length };
      throw new AppError(
        'document-scanned',
        `${name} has ${pages.length} pages, and next to no text in them.`,
        details,
      );
    }
    const missing = emptyPages > pages.length * WORTH_TELLING ? { emptyPages } : {};
    return { kind: 'pdf', text, pages: pages.length, ...missing };
  } catch (error) {
    throw failure(error, name);
  } finally {
    await task.destroy();
  }
}
