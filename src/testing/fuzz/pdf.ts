// Target: PDF files. pdf.js runs in this process: its handler for workers is put where pdf.js looks for it first.
import { readFileSync } from 'node:fs';
import { mutatedBytes } from './mutate';
import { target, type Target } from './target';

/** What pdf.js names when it loads, and text extraction never uses. */
class Unused {}

export async function pdfTarget(): Promise<Target> {
  Object.assign(globalThis, { DOMMatrix: Unused, Path2D: Unused, ImageData: Unused });
  const handler = await import('pdfjs-dist/legacy/build/pdf.worker.mjs' as string);
  Object.assign(globalThis, { pdfjsWorker: handler as unknown });
  const { readPdf } = await import('../../documents/pdf');
  const seed = readFileSync('e2e/files/two-pages.pdf');
  return target({
    name: 'PDF',
    mutants: mutatedBytes(seed),
    read: (bytes) => readPdf(bytes, 'a.pdf', { maxChars: 4e6 }),
  });
}
