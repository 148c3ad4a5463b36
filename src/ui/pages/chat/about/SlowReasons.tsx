import type { AssistantMessage } from '../../../../store';
import { formatCount } from '../../../i18n/format';
import { useText } from '../../../useApp';
import styles from './SlowReasons.module.css';

/** Why an answer was slow, and what would help; empty for other answers. */
export function SlowReasons({ message: { made, summary } }: { message: AssistantMessage }) {
  const { t, language } = useText();
  const reasons = made?.slow ?? [];
  if (reasons.length === 0) return null;
  const tokens = summary ? (summary.prefilledTokens ?? summary.promptTokens - summary.reusedTokens) : 0;
  return (
    <section className={styles.slow} aria-label={t('slow.title')}>
      <h3>{t('slow.title')}</h3>
      <ul>
        {reasons.map((reason) => (
          <li key={reason}>
            {t(`slow.${reason}`, { tokens: formatCount(tokens, language) })}
            <span className="quiet">{t(`slow.${reason}Next`)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
