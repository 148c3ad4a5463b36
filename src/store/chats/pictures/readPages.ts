// The pages of a PDF, read one after the other by a model that sees. What was read stays when it is stopped, and the next
// attempt goes on from there.
import type { Background } from '../../../agent/background';
import { openPagePictures } from '../../../documents/pdfPictures';
import type { ImagePart } from '../../../protocol/chat';
import type { DraftAttachment, PageTask } from '../types';
import { OCR_TASKS } from './tasks';

const OTHER_TASKS: Record<PageTask, string> = {
  text: 'Write down the whole text of this page as Markdown. Write nothing else.',
  table: 'Write down the tables of this page as HTML. Write nothing else.',
  formula: 'Write down the formulas of this page as LaTeX. Write nothing else.',
};

/** A page of print needs more tokens than a photo: about A4 at 150 dots per inch. */
const PAGE_TOKENS = 2691;
/** Tokens that the text of one page may have. */
const MAX_TOKENS = 4096;
/** Share of the context for the page's picture; the rest is for what the page says. */
const PICTURE_SHARE = 0.6;
/** As GLM-OCR's own configuration. */
const SAMPLING = { temperature: 0, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1.1, seed: 0 };

/** What a task is asked with. */
export const promptOf = (task: PageTask, family: string): string =>
  (family === 'glm-ocr' ? OCR_TASKS : OTHER_TASKS)[task];

const WAIT_MS = 500;
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, WAIT_MS));

export interface ReadPagesOptions {
  task: PageTask;
  /** Family of the model in use. */
  family: string;
  /** Context of the model in use. */
  contextTokens: number;
  /** The reader's setting, which may be larger than what a page gets. */
  pictureTokens?: number;
  background: Background;
  /** No answer is being written: it comes first. */
  isFree: () => boolean;
  signal: AbortSignal;
  /** After each page, and before the first. */
  onPage: (next: Pick<DraftAttachment, 'reading' | 'document'>) => void;
}

/**
 * Reads the pages that are not read yet. Answers come first: a page that one interrupts is begun anew behind it.
 * @throws AppError document-locked, document-damaged, and those of an answer; the signal's reason
 */
export async function readPages(
  { file, reading }: DraftAttachment,
  { task, family, contextTokens, pictureTokens = 0, background, isFree, signal, onPage }: ReadPagesOptions,
): Promise<void> {
  const pages = await openPagePictures(file);
  try {
    const { numPages: total } = pages;
    let done = reading?.task === task ? reading.done : [];
    const tell = () => {
      const text = done.filter(Boolean).join('\n\n');
      onPage({
        reading: { task, done, total, running: done.length < total },
        ...(text && { document: { kind: 'pdf', text, pages: total } }),
      });
    };
    tell();
    while (done.length < total) {
      while (!isFree()) await pause();
      signal.throwIfAborted();
      const { blob, width, height } = await pages.picture(done.length + 1);
      const image: ImagePart = { type: 'image', blob, alt: '', width, height };
      let failure: unknown;
      const text = await background.write(
        {
          messages: [{ role: 'user', parts: [image, { type: 'text', text: promptOf(task, family) }] }],
          sampling: SAMPLING,
          maxTokens: MAX_TOKENS,
          pictureTokens: Math.min(
            Math.max(PAGE_TOKENS, pictureTokens),
            Math.floor(contextTokens * PICTURE_SHARE),
          ),
        },
        { signal, onError: (error) => (failure = error) },
      );
      if (failure) throw failure;
      signal.throwIfAborted();
      if (text === null) {
        await pause(); // something else needed the engine
        continue;
      }
      done = [...done, text.trim()];
      tell();
    }
  } finally {
    await pages.close();
  }
}
