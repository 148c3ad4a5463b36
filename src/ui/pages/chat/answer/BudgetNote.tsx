import { THINKING_TEXTS } from '../../../i18n/thinkingTexts';
import { useTextsOf } from '../../../useApp';

/** Below a thought that was closed at its budget. */
export function BudgetNote() {
  const { t } = useTextsOf(THINKING_TEXTS);
  return (
    <p className="quiet" role="note">
      {t('atBudget')}
    </p>
  );
}
