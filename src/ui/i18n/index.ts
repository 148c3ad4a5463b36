// The page's texts: typed keys, two languages, no library. A language is loaded when it is used: the reader's before the first
// screen, the other one soon after it. Texts of errors are in errorTexts.ts, loaded on their own; those of dialogs and pages
// come with the first of them.
import type { DialogKey } from './dialogTexts';
import type { EarlyKey } from './en/en';
import type { Language } from './format';

export type TextKey = EarlyKey | DialogKey;
export type { Language } from './format';
export type TextVars = Record<string, string | number>;

type Texts = Partial<Record<TextKey, string>>;
const TEXTS: Record<Language, Texts> = { en: {}, 'zh-CN': {} };
const OTHER: Record<Language, Language> = { en: 'zh-CN', 'zh-CN': 'en' };

const EARLY_TEXTS: Record<Language, () => Promise<Record<EarlyKey, string>>> = {
  en: async () => (await import('./en/en')).en,
  'zh-CN': async () => (await import('./zh/zh-CN')).zhCN,
};

/** Adds the texts of the first screens in one language. A failed fetch is tried again by the next call. */
export async function loadTexts(language: Language): Promise<void> {
  Object.assign(TEXTS[language], await EARLY_TEXTS[language]());
}

/**
 * Adds the texts of dialogs and pages, and those of the first screens in both languages: a dialog lets the reader choose.
 * A failed fetch is tried again by the next call.
 */
export async function loadDialogTexts(): Promise<void> {
  const [{ DIALOG_TEXTS }] = await Promise.all([
    import('./dialogTexts'),
    loadTexts('en'),
    loadTexts('zh-CN'),
  ]);
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

/** The language to show: what the reader chose, else the browser's. */
export const chosenLanguage = (choice: Language | 'auto'): Language =>
  choice === 'auto' ? detectLanguage(navigator.languages) : choice;

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

/** The text in `language`; in the other one while that is not loaded. */
export function translate(language: Language, key: TextKey, vars?: TextVars): string {
  return fill(language, TEXTS[language][key] ?? TEXTS[OTHER[language]][key] ?? key, vars);
}
