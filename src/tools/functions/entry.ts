// A function of the user as an entry of the registry: known at once, its code loaded with the first call.
import { fetchPart } from '../../shared/missingPart';
import type { ReadSecrets } from '../http/secrets';
import type { ToolEntry } from '../registry';
import type { StoredFunction } from './definition';
import { specOf } from './spec';

export const functionEntry = (
  definition: StoredFunction,
  secrets: ReadSecrets = async () => [],
): ToolEntry => ({
  spec: specOf(definition),
  // Others may have written it, and a changed text is another function.
  key: `${definition.name}@${definition.hash}`,
  reach: definition.http ? 'sends' : 'caged',
  kind: 'function',
  usual: 'ask',
  load: () => loadFunction(definition, secrets),
});

async function loadFunction(definition: StoredFunction, secrets: ReadSecrets) {
  const { http, js = '' } = definition;
  if (http) {
    const [{ httpTool }, { httpRequest }] = await fetchPart(() =>
      Promise.all([import('../http/httpTool'), import('../../network/network')]),
    );
    return httpTool({ ...definition, http }, { secrets, send: httpRequest });
  }
  const [{ functionTool }, { sharedSandbox }] = await fetchPart(() =>
    Promise.all([import('./functionTool'), import('./sharedSandbox')]),
  );
  return functionTool({ ...definition, js }, sharedSandbox);
}
