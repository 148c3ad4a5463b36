// The page's texts: typed keys, two languages, no library.
import type { WireError } from '../../shared/errors';
import { en, type TextKey } from './en';
import { enErrors, type ErrorText } from './enErrors';
import { formatBytes, formatCount, type Language } from './format';
import { zhCN } from './zh-CN';
import { zhCNErrors } from './zhErrors';

export type { TextKey } from './en';
export type { Language } from './format';
export type TextVars = Record<string, string | number>;

const TEXTS: Record<Language, Record<TextKey, string>> = { en, 'zh-CN': zhCN };
export const ERROR_TEXTS = { en: enErrors, 'zh-CN': zhCNErrors } satisfies Record<Language, unknown>;

/** The reader's language among ours: the first of the browser's that we have. */
export function detectLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    if (/^zh\b/i.test(tag)) return 'zh-CN';
    if (/^en\b/i.test(tag)) return 'en';
  }
  return 'en';
}

const PLURAL = /\{(\w+):([^|{}]*)\|((?:[^{}]|\{\w+\})*)\}/g;
const PLURALS = { en: new Intl.PluralRules('en'), 'zh-CN': new Intl.PluralRules('zh-CN') };

/** Of a count, also of one that is written for readers already: '1,024'. */
const isOne = (language: Language, count: string | number | undefined): boolean =>
  PLURALS[language].select(Number(String(count).replaceAll(',', ''))) === 'one';

/**
 * `{name}` is replaced by its value, `{name:token|tokens}` by the word that goes with it. A missing value shows as a
 * dash, so that a sentence survives it.
 */
function fill(language: Language, template: string, vars: TextVars = {}): string {
  return template
    .replace(PLURAL, (_, name: string, one: string, other: string) =>
      isOne(language, vars[name]) ? one : other,
    )
    .replace(/\{(\w+)\}/g, (_, name: string) => String(vars[name] ?? '–'));
}

export function translate(language: Language, key: TextKey, vars?: TextVars): string {
  return fill(language, TEXTS[language][key], vars);
}

/** GPU limits that count bytes, so that they read as sizes: maxBufferSize, maxStorageBufferBindingSize. */
const BYTE_LIMIT = /Size$/;

function readableDetails({ code, details }: WireError, language: Language): TextVars {
  const limitIsBytes = BYTE_LIMIT.test(String(details.limit ?? ''));
  const readable = ([name, value]: [string, string | number]) => {
    if (typeof value === 'string') return [name, value];
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

/** An error in the reader's language: what happened, with its numbers, and the next step. */
export function errorText(language: Language, error: WireError): { what: string; next: string } {
  const text: ErrorText = ERROR_TEXTS[language][error.code] ?? ERROR_TEXTS[language].bug;
  const { what, next } = text.instead?.when(error.details) ? { ...text, ...text.instead } : text;
  const vars = readableDetails(error, language);
  return { what: fill(language, what, vars), next: fill(language, next, vars) };
}
