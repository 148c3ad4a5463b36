// Errors for files that end too early.
import { AppError } from '../../shared/errors';

/** AppError 'file-truncated': the file ends inside `section`. */
export function truncated(section: string, neededBytes: number, availableBytes: number): AppError {
  const message =
    `The file ends in its ${section}: at least ${neededBytes} bytes are needed, ${availableBytes} are there. ` +
    'Download it again.';
  return new AppError('file-truncated', message, { section, neededBytes, availableBytes });
}

/** @throws AppError 'file-truncated' when [offset, offset + length) is not inside the file. */
export function assertInside(name: string, offset: number, length: number, totalBytes: number): void {
  if (offset + length > totalBytes) throw truncated(`bytes (${name})`, offset + length, totalBytes);
}
