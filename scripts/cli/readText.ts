import { readFileSync } from 'node:fs';
import { AppError } from '../../src/shared/errors';

/** The text of a file. @throws AppError file-unreadable */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\ufeff/, '');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? `There is no file ${file}.` : `${file} cannot be read (${String(code)}).`;
    throw new AppError('file-unreadable', `${why} Check the path.`, { name: file }, error);
  }
}
