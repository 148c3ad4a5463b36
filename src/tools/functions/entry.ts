// A function of the user as an entry of the registry: known at once, its code loaded with the first call.
import type { ToolEntry } from '../registry';
import type { ToolSpec } from '../../protocol/chat';
import { fetchPart } from '../../shared/missingPart';
import type { StoredFunction, UserFunction } from './definition';

/** As the model is told. */
export const specOf = ({ name, description, parameters }: UserFunction): ToolSpec => ({
  type: 'function',
  name,
  description,
  parameters,
});

export const functionEntry = (definition: StoredFunction): ToolEntry => ({
  spec: specOf(definition),
  // Others may have written it, and a changed text is another function.
  key: `${definition.name}@${definition.hash}`,
  reach: 'caged',
  kind: 'function',
  usual: 'ask',
  async load() {
    const [{ functionTool }, { sharedSandbox }] = await fetchPart(() =>
      Promise.all([import('./functionTool'), import('./sharedSandbox')]),
    );
    return functionTool(definition, sharedSandbox);
  },
});
