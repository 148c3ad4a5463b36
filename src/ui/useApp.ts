import { createContext, useContext, useMemo } from 'react';
import { useStore } from 'zustand';
import type { AppState, AppStore } from '../store';
import { chosenLanguage, fill, translate, type Language, type TextKey, type TextVars } from './i18n';
export type { TextKey } from './i18n';

export const StoreContext = createContext<AppStore | null>(null);

/** Selects a value of the store; the component renders again when it changes. */
export function useApp<T>(select: (state: AppState) => T): T {
  const store = useContext(StoreContext);
  if (!store) throw new Error('No store above this component');
  return useStore(store, select);
}

export interface Texts {
  language: Language;
  t: (key: TextKey, vars?: TextVars) => string;
}

export function useLanguage(): Language {
  return chosenLanguage(useApp((s) => s.preferences.language));
}

/** The page's texts in the chosen language. */
export function useText(): Texts {
  const language = useLanguage();
  return useMemo(
    () => ({
      language,
      t: (key, vars) => translate(language, key, vars),
    }),
    [language],
  );
}

/** Texts that come with a lazy part of the page, in the chosen language. */
export function useTextsOf<Key extends string>(texts: Record<Language, Record<Key, string>>) {
  const language = useLanguage();
  return useMemo(
    () => ({ language, t: (key: Key, vars?: TextVars) => fill(language, texts[language][key], vars) }),
    [language, texts],
  );
}
