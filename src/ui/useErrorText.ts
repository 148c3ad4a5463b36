import type { WireError } from '../shared/errors';
import type { Language } from './i18n';
import { lazyPart } from './lazyPart';
import { useLanguage } from './useApp';

interface ErrorWords {
  what: string;
  next: string;
}

/** Without the texts, which could not be fetched: the error's own message, in English and with its numbers. */
const ownMessage = (_: Language, { message }: WireError): ErrorWords => ({ what: message, next: '' });

const texts = lazyPart(() =>
  import('./i18n/errorTexts').then(
    ({ errorText }) => errorText,
    () => ownMessage,
  ),
);
export const preloadErrorTexts = texts.preload;

/** What happened and the next step, in the page's language; empty until the texts are there. */
export function useErrorText(): (error: WireError) => ErrorWords {
  const language = useLanguage();
  const errorText = texts.use();
  return (error) => errorText?.(language, error) ?? { what: '', next: '' };
}
