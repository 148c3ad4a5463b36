import type { AnswerFormat } from '../protocol/chat';

/**
 * Whether answers can have this form; its code is loaded with the first check.
 * @returns restrictions that are checked only when an answer is whole, as JSON pointers
 * @throws AppError bad-schema for a form that cannot be used
 */
export const checkFormat = async (format: AnswerFormat): Promise<string[]> =>
  (await import('../agent/checkFormat')).checkFormat(format);
