// Texts of errors, in a chunk of their own: most visits never show one.
import type { WireError } from '../../shared/errors';
import { faultText } from './faultTexts';
import { enErrors } from './en/enErrors';
import type { ErrorText } from './en/errors/errorText';
import { formatBytes, formatCount, type Language } from './format';
import { fill, type TextVars } from './index';
import { zhCNErrors } from './zh/zhErrors';

export const ERROR_TEXTS = { en: enErrors, 'zh-CN': zhCNErrors } satisfies Record<Language, unknown>;

/** GPU limits that count bytes, so that they read as sizes: maxBufferSize, maxStorageBufferBindingSize. */
const BYTE_LIMIT = /Size$/;

function readableDetails({ code, details }: WireError, language: Language): TextVars {
  const limitIsBytes = BYTE_LIMIT.test(String(details.limit ?? ''));
  const readable = ([name, value]: [string, string | number]) => {
    if (typeof value === 'string')
      return [name, name === 'why' || name === 'where' ? faultText(value, language) : value];
    const isBytes =
      name.endsWith('Bytes') ||
      name === 'bytes' ||
      code === 'size-mismatch' ||
      (limitIsBytes && (name === 'needed' || name === 'available'));
    if (isBytes) return [name, formatBytes(value)];
    return [name, name.endsWith('Tokens') ? formatCount(value, language) : String(value)];
  };
  return Object.fromEntries(Object.entries(details).map(readable)) as TextVars;
}

/** An error in the page's language: what happened, with its numbers, and the next step. */
export function errorText(language: Language, error: WireError): { what: string; next: string } {
  const text: ErrorText = ERROR_TEXTS[language][error.code] ?? ERROR_TEXTS[language].bug;
  const { what, next } = text.instead?.when(error.details) ? { ...text, ...text.instead } : text;
  const vars = readableDetails(error, language);
  return { what: fill(language, what, vars), next: fill(language, next, vars) };
}
