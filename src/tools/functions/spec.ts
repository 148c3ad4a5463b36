import type { ToolSpec } from '../../protocol/chat';
import type { UserFunction } from './definition';

/** A function of the user, as the model is told. */
export const specOf = ({
  name,
  description,
  parameters,
}: Pick<UserFunction, 'name' | 'description' | 'parameters'>): ToolSpec => ({
  ...{ type: 'function', name, description, parameters },
});
