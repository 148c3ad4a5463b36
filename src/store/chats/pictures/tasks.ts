// What a document reader is asked.
import type { PageTask } from '../types';

/** GLM-OCR knows these three, word for word. */
export const OCR_TASKS: Record<PageTask, string> = {
  text: 'Text Recognition:',
  table: 'Table Recognition:',
  formula: 'Formula Recognition:',
};
