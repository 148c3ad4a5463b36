// The choices of how much a model thinks, and their words.
import { THINKING_TOKENS, type ThinkingEffort } from '../../../../store';
import { formatCount } from '../../../i18n/format';
import { THINKING_TEXTS } from '../../../i18n/thinkingTexts';
import { useTextsOf } from '../../../useApp';

/** '': as much as the model likes. */
export type Effort = ThinkingEffort | '';
export const EFFORTS: readonly Effort[] = ['', 'off', 'short', 'normal', 'long'];

/** Names and hints of the choices. */
export function useEffortTexts() {
  const { t, language } = useTextsOf(THINKING_TEXTS);
  return {
    t,
    name: (effort: Effort) => t(effort || 'auto'),
    hint(effort: Effort) {
      if (effort === '') return t('autoHint');
      if (effort === 'off') return t('offHint');
      return t('budgetHint', { count: formatCount(THINKING_TOKENS[effort], language) });
    },
  };
}
