// The page's texts: typed keys, two languages, no library. Texts of errors are in errorTexts.ts, loaded on their own; those of
// dialogs and pages come with the first of them.
import type { DialogKey } from './dialogTexts';
import { en, type EarlyKey } from './en/en';
import type { Language } from './format';
import { zhCN } from './zh/zh-CN';

export type TextKey = EarlyKey | DialogKey;
export type { Language } from './format';
export type TextVars = Record<string, string | number>;

type Texts = Record<EarlyKey, string> & Partial<Record<DialogKey, string>>;
const TEXTS: Record<Language, Texts> = { en: { ...en }, 'zh-CN': { ...zhCN } };

/** Adds the texts of dialogs and pages. A failed fetch is tried again by the next call. */
export async function loadDialogTexts(): Promise<void> {
  const { DIALOG_TEXTS } = await import('./dialogTexts');
  Object.assign(TEXTS.en, DIALOG_TEXTS.en);
  Object.assign(TEXTS['zh-CN'], DIALOG_TEXTS['zh-CN']);
}

/** The first of the browser's languages that the app has; else English. */
export function detectLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    if (/^zh\b/i.test(tag)) return 'zh-CN';
    if (/^en\b/i.test(tag)) return 'en';
  }
  return 'en';
}

const PLURAL = /\{(\w+):([^|{}]*)\|((?:[^{}]|\{\w+\})*)\}/g;
const PLURALS = { en: new Intl.PluralRules('en'), 'zh-CN': new Intl.PluralRules('zh-CN') };

/** Whether the language uses the singular for a count. A formatted count, '1,024', is understood too. */
const isOne = (language: Language, count: string | number | undefined): boolean =>
  PLURALS[language].select(Number(String(count).replaceAll(',', ''))) === 'one';

/**
 * `{name}` is replaced by its value, `{name:token|tokens}` by the word that goes with it. A missing value shows as a
 * dash, so that a sentence survives it.
 */
export function fill(language: Language, template: string, vars: TextVars = {}): string {
  return template
    .replace(PLURAL, (_, name: string, one: string, other: string) =>
      isOne(language, vars[name]) ? one : other,
    )
    .replace(/\{(\w+)\}/g, (_, name: string) => String(vars[name] ?? '–'));
}

export function translate(language: Language, key: TextKey, vars?: TextVars): string {
  return fill(language, TEXTS[language][key] ?? key, vars);
}
