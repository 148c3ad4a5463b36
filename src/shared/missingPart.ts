import { AppError } from './errors';

/** A script of the app that its host lacks or serves as another type: the host is at fault, not the user's document. */
export function missingPart({ host, pathname }: URL, cause: unknown): AppError {
  const file = pathname.split('/').slice(-2).join('/');
  return new AppError('part-missing', `${host} does not serve ${file} as a script.`, { file, host }, cause);
}

/** Address of the page, or of the worker; undefined in Node. */
function ownAddress(): string | undefined {
  const { document, location } = globalThis as {
    document?: { baseURI: string };
    location?: { href: string };
  };
  return document?.baseURI ?? location?.href;
}

/** @throws AppError part-missing, for code that cannot be fetched */
export async function fetchPart<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const named = error instanceof Error ? /https?:\/\/[^\s'"]+/.exec(error.message)?.[0] : undefined;
    const address = named ?? ownAddress();
    if (address === undefined) throw error;
    throw missingPart(new URL(address), error);
  }
}
