import { AppError } from '../shared/errors';

/** A script of the app that its host lacks or serves as another type: the host is at fault, not the user's document. */
export function missingPart({ host, pathname }: URL, cause: unknown): AppError {
  const file = pathname.split('/').slice(-2).join('/');
  return new AppError('part-missing', `${host} does not serve ${file} as a script.`, { file, host }, cause);
}

/** @throws AppError part-missing, for a reader whose code cannot be fetched */
export async function fetchPart<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const address = error instanceof Error ? /https?:\/\/[^\s'"]+/.exec(error.message)?.[0] : undefined;
    throw missingPart(new URL(address ?? document.baseURI), error);
  }
}
