// What an operation needs to be allowed, as headers and query with placeholders of secrets.
import { isObject, resolve, type Json, type OpenApiDocument } from './document';

export interface Security {
  headers: Record<string, string>;
  /** '' or '?key={{…}}'. */
  query: string;
}

/** The secret's name for a document: 'PET_STORE_KEY'. */
export const secretName = ({ title }: Pick<OpenApiDocument, 'title'>): string =>
  `${
    title
      .replace(/[^A-Za-z0-9]+/g, '_')
      .replace(/^_+|_+$/g, '')
      .toUpperCase()
      .slice(0, 50) || 'API'
  }_KEY`;

/** The first alternative that a page can fulfil. @throws what `unusable` makes when there is none */
export function securityOf(
  document: OpenApiDocument,
  operation: Json,
  unusable: (why: string) => Error,
): Security {
  const { root } = document;
  const listed = operation.security ?? root.security;
  const alternatives = Array.isArray(listed) ? (listed as unknown[]).filter(isObject) : [];
  if (alternatives.length === 0 || alternatives.some((one) => Object.keys(one).length === 0))
    return { headers: {}, query: '' };
  const components = isObject(root.components) ? root.components : {};
  const schemes = isObject(components.securitySchemes) ? components.securitySchemes : {};
  for (const alternative of alternatives) {
    const made: Security = { headers: {}, query: '' };
    const names = Object.keys(alternative);
    const done = names.every((name, index) => {
      const scheme = resolve(root, Object.hasOwn(schemes, name) ? schemes[name] : undefined);
      const secret = names.length === 1 ? secretName(document) : `${secretName(document)}_${index + 1}`;
      return isObject(scheme) && addScheme(made, scheme, `{{${secret}}}`);
    });
    if (done) return made;
  }
  throw unusable('its security scheme cannot be used from a page');
}

function addScheme(made: Security, { type, in: where, name, scheme }: Json, placeholder: string): boolean {
  if (type === 'oauth2' || type === 'openIdConnect') made.headers.Authorization = `Bearer ${placeholder}`;
  else if (type === 'http') {
    const kind = typeof scheme === 'string' && scheme.toLowerCase() === 'basic' ? 'Basic' : 'Bearer';
    made.headers.Authorization = `${kind} ${placeholder}`;
  } else if (type === 'apiKey' && typeof name === 'string' && where === 'header')
    made.headers[name] = placeholder;
  else if (type === 'apiKey' && typeof name === 'string' && where === 'query')
    made.query += `${made.query ? '&' : '?'}${encodeURIComponent(name)}=${placeholder}`;
  else return false;
  return true;
}
