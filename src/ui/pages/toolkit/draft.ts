// A function as its editor's fields hold it.
import type { UserFunction } from '../../../store';

export interface FunctionDraft {
  name: string;
  description: string;
  /** JSON. */
  parameters: string;
  kind: 'js' | 'http';
  js: string;
  method: string;
  url: string;
  /** `Name: value`, one a line. */
  headers: string;
  body: string;
}

const pretty = (value: unknown): string => JSON.stringify(value, null, 2);

export const NEW_DRAFT: FunctionDraft = {
  name: '',
  description: '',
  parameters: pretty({ type: 'object', properties: { text: { type: 'string' } }, required: ['text'] }),
  kind: 'js',
  js: '({ text }) => [...text].reverse().join("")',
  method: 'GET',
  url: '',
  headers: '',
  body: '',
};

export function draftOf({ name, description, parameters, js = '', http }: UserFunction): FunctionDraft {
  return {
    ...{ name, description, js },
    parameters: pretty(parameters),
    kind: http ? 'http' : 'js',
    method: http?.method ?? 'GET',
    url: http?.url ?? '',
    headers: Object.entries(http?.headers ?? {})
      .map(([header, value]) => `${header}: ${value}`)
      .join('\n'),
    body: http?.body ?? '',
  };
}

/**
 * The function of the fields, for a check.
 * @param before places of arguments that the fields do not show, from an OpenAPI document
 * @throws SyntaxError for parameters that are no JSON
 */
export function functionOfDraft(draft: FunctionDraft, before?: UserFunction): unknown {
  const { name, description, kind, js, method, url, body } = draft;
  const common = {
    name: name.trim(),
    description,
    parameters: JSON.parse(draft.parameters || '{}') as unknown,
  };
  if (kind === 'js') return { ...common, js };
  const lines = draft.headers.split('\n').filter((line) => line.trim() !== '');
  const headers = Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf(':');
      return at < 0 ? [line.trim(), ''] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    }),
  );
  const { places, bodyType } = before?.http ?? {};
  return {
    ...common,
    http: {
      ...{ method, url: url.trim() },
      ...(lines.length > 0 && { headers }),
      ...(body.trim() !== '' && { body }),
      ...(places && { places }),
      ...(bodyType && { bodyType }),
    },
  };
}
