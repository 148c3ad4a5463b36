// The app's readers of files (src/documents) in Node: PDF and Word without workers, pages with jsdom's parser.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { documentOfPages, pdfFailure, textsOfPages } from '../../../src/documents/pdfPages';
import { readDocument, type DocumentText } from '../../../src/documents/readDocument';
import { readWord } from '../../../src/documents/word/readWord';
import { AppError } from '../../../src/shared/errors';

const { resolve } = createRequire(import.meta.url);
const PDF_JS = path.dirname(resolve('pdfjs-dist/package.json'));

async function readPdf(
  data: Uint8Array,
  name: string,
  options: Parameters<typeof textsOfPages>[2],
): Promise<DocumentText> {
  const { getDocument } = await import('pdfjs-dist/legacy/build/pdf.mjs');
  const task = getDocument({
    data,
    isEvalSupported: false,
    useSystemFonts: true,
    cMapUrl: `${PDF_JS}/cmaps/`,
    cMapPacked: true,
    standardFontDataUrl: `${PDF_JS}/standard_fonts/`,
    verbosity: 0,
  });
  try {
    return documentOfPages(await textsOfPages(await task.promise, name, options), name);
  } catch (error) {
    throw pdfFailure(error, name);
  } finally {
    await task.destroy();
  }
}

/** jsdom's parser runs no scripts and fetches nothing; loaded with the first page or notebook. */
function offerParser(): void {
  if ('DOMParser' in globalThis) return;
  const { JSDOM } = createRequire(import.meta.url)('jsdom') as {
    JSDOM: new (html: string) => { window: Window };
  };
  const { DOMParser, Node } = new JSDOM('').window as unknown as Pick<
    typeof globalThis,
    'DOMParser' | 'Node'
  >;
  Object.assign(globalThis, { DOMParser, Node });
}

/**
 * The text of a file on disk.
 * @param name as shown to the user.
 * @throws AppError of readDocument, file-unreadable
 */
export async function readFromDisk(file: string, name: string): Promise<DocumentText> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = new Uint8Array(readFileSync(file));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? `There is no file ${file}.` : `${file} cannot be read (${String(code)}).`;
    throw new AppError('file-unreadable', `${why} Check the path.`, { name }, error);
  }
  if (/\.(x?html?|ipynb)$/i.test(name)) offerParser();
  const readers = { pdf: readPdf, word: (data: Uint8Array, title: string) => readWord(data, title) };
  return readDocument(new File([bytes], name), { readers });
}
