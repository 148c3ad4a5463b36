import type { ErrorCode } from '../../../shared/errors';
import type { ErrorText } from './errors/errorText';
import { chatsErrors } from './errors/chatsErrors';
import { engineErrors } from './errors/engineErrors';
import { modelsErrors } from './errors/modelsErrors';
import { toolsErrors } from './errors/toolsErrors';

/** English texts of errors. */
export const enErrors: Record<ErrorCode, ErrorText> = {
  ...engineErrors,
  ...modelsErrors,
  ...chatsErrors,
  ...toolsErrors,
};
