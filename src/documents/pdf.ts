// Extracts a PDF's text with pdf.js in its own worker: self-hosted, without eval. Loaded with the first PDF.
import { getDocument, GlobalWorkerOptions } from 'pdfjs-dist';
import workerUrl from 'pdfjs-dist/build/pdf.worker.min.mjs?url';
import { missingPart } from '../shared/missingPart';
import { documentOfPages, pdfFailure, textsOfPages, type PdfOptions } from './pdfPages';
import type { DocumentText } from './types';

GlobalWorkerOptions.workerSrc = workerUrl;

/** URLs of the character maps of East Asian fonts; each is fetched when a document needs it. */
const CHARACTER_MAPS = import.meta.glob<string>('/node_modules/pdfjs-dist/cmaps/*.bcmap', {
  query: '?url',
  import: 'default',
  eager: true,
});

/** Supplies pdf.js with data files; text extraction only needs character maps. */
export class CharacterMaps {
  async fetch({ kind, filename }: { kind: string; filename: string }): Promise<Uint8Array> {
    const url = kind === 'cMapUrl' ? CHARACTER_MAPS[`/node_modules/pdfjs-dist/cmaps/${filename}`] : undefined;
    if (!url) throw new Error(`${filename} is not needed for text`);
    return new Uint8Array(await (await fetch(url)).arrayBuffer());
  }
}

/** What pdf.js throws, as an error of the app. */
export function failure(error: unknown, name: string): unknown {
  if (error instanceof Error && error.message.startsWith('Setting up fake worker failed')) {
    return missingPart(new URL(workerUrl, document.baseURI), error);
  }
  return pdfFailure(error, name);
}

/** @throws AppError document-locked, document-damaged, document-too-long, document-scanned (pages without text) */
export async function readPdf(data: Uint8Array, name: string, asked: PdfOptions): Promise<DocumentText> {
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
    return documentOfPages(await textsOfPages(await task.promise, name, asked), name);
  } catch (error) {
    throw failure(error, name);
  } finally {
    await task.destroy();
  }
}
