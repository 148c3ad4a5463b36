import type { ErrorCode } from '../../../shared/errors';
import type { ErrorText } from '../en/errors/errorText';
import { chatsErrors } from './errors/chatsErrors';
import { engineErrors } from './errors/engineErrors';
import { modelsErrors } from './errors/modelsErrors';
import { toolsErrors } from './errors/toolsErrors';

/** Chinese texts of errors. */
export const zhCNErrors: Record<ErrorCode, ErrorText> = {
  ...engineErrors,
  ...modelsErrors,
  ...chatsErrors,
  ...toolsErrors,
};
