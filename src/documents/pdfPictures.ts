// The pages of a PDF as pictures, for a model that sees. Loaded with the first document that is read so.
import { getDocument, type PDFDocumentProxy } from 'pdfjs-dist';
import { CharacterMaps, failure } from './pdf';

/** Decoders of scans that the browser has none for (JBIG2, JPEG 2000), and of colour profiles; fetched when a page needs one. */
const DECODERS = import.meta.glob<string>('/node_modules/pdfjs-dist/wasm/*.wasm', {
  query: '?url',
  import: 'default',
  eager: true,
});
const FONTS = import.meta.glob<string>('/node_modules/pdfjs-dist/standard_fonts/*.{pfb,ttf}', {
  query: '?url',
  import: 'default',
  eager: true,
});

class DataFiles extends CharacterMaps {
  override async fetch(asked: { kind: string; filename: string }): Promise<Uint8Array> {
    const { kind, filename } = asked;
    if (kind === 'cMapUrl') return super.fetch(asked);
    const url =
      DECODERS[`/node_modules/pdfjs-dist/wasm/${filename}`] ??
      FONTS[`/node_modules/pdfjs-dist/standard_fonts/${filename}`];
    if (!url) throw new Error(`${filename} is not there`);
    return new Uint8Array(await (await fetch(url)).arrayBuffer());
  }
}

/** GLM-OCR was made for pages at this resolution. */
const DOTS_PER_INCH = 200;
const POINTS_PER_INCH = 72;
/** Pixels of a page's picture at most: a poster must not take all memory. */
const MOST_PIXELS = 8e6;

export interface PagePictures {
  numPages: number;
  /** A page, from 1 on, as a PNG. @throws AppError document-damaged */
  picture(number: number): Promise<{ blob: Blob; width: number; height: number }>;
  close(): Promise<void>;
}

async function draw(pdf: PDFDocumentProxy, number: number) {
  const page = await pdf.getPage(number);
  const whole = page.getViewport({ scale: DOTS_PER_INCH / POINTS_PER_INCH });
  const scale = Math.min(1, Math.sqrt(MOST_PIXELS / (whole.width * whole.height)));
  const viewport = page.getViewport({ scale: (scale * DOTS_PER_INCH) / POINTS_PER_INCH });
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(viewport.width));
  canvas.height = Math.max(1, Math.round(viewport.height));
  const { width, height } = canvas;
  await page.render({ canvas, viewport, background: '#fff' }).promise;
  page.cleanup();
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  canvas.width = canvas.height = 0; // gives its memory back at once
  if (!blob) throw new Error(`Page ${number} cannot be drawn`);
  return { blob, width, height };
}

/** @throws AppError document-locked, document-damaged */
export async function openPagePictures(file: File): Promise<PagePictures> {
  const options = {
    data: new Uint8Array(await file.arrayBuffer()),
    isEvalSupported: false,
    useWorkerFetch: false,
    useSystemFonts: true,
    BinaryDataFactory: DataFiles,
  };
  const task = getDocument(options as Parameters<typeof getDocument>[0]);
  const attempt = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      throw failure(error, file.name);
    });
  const pdf = await attempt(task.promise);
  return {
    numPages: pdf.numPages,
    picture: (number) => attempt(draw(pdf, number)),
    close: () => task.destroy(),
  };
}
