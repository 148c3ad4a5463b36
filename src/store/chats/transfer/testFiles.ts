// Files to import, for the tests.
import { AppError } from '../../../shared/errors';

/** A file with this text, or with this value as JSON. */
export const file = (content: unknown, name = 'chats.json') =>
  new File([typeof content === 'string' ? content : JSON.stringify(content)], name);
/** The AppError that the promise rejects with. */
export const failure = async (promise: Promise<unknown>): Promise<AppError> => {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof AppError)) throw new Error(`expected an AppError, got ${String(error)}`);
  return error;
};
