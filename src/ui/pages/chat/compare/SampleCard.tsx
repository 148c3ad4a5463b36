import type { AssistantMessage } from '../../../../store';
import { COMPARE_TEXTS } from '../../../i18n/compareTexts';
import { useApp, useTextsOf } from '../../../useApp';
import { AnswerParts } from '../answer/AnswerParts';
import styles from './Compare.module.css';

interface SampleCardProps {
  answer: AssistantMessage;
  /** From 1. */
  index: number;
  count: number;
  /** null: the model gave none. */
  grade?: { grade: number; reason: string } | null;
  vote?: { result?: string; votes: number };
  isBest: boolean;
  isShown: boolean;
  /** Missing while answers are written. */
  onChoose?: () => void;
}

/** One of several answers, with its grade. */
export function SampleCard({
  answer,
  index,
  count,
  grade,
  vote,
  isBest,
  isShown,
  onChoose,
}: SampleCardProps) {
  const { t } = useTextsOf(COMPARE_TEXTS);
  const turn = useApp((s) => (s.turn?.messageId === answer.id ? s.turn : null));
  const { parts } = turn ?? answer;
  return (
    <li className={isBest ? `${styles.card} ${styles.best}` : styles.card} aria-busy={turn !== null}>
      <h3>
        {t('answer', { index })}
        {isBest && <span className="badge">{t('best')}</span>}
      </h3>
      <div className={styles.text}>
        {turn && parts.length === 0 && <p className="quiet">{t('waits')}</p>}
        <AnswerParts parts={parts} live={turn !== null} raw={false} />
      </div>
      <div className={styles.foot}>
        {vote?.result !== undefined && <p>{t('votes', { votes: vote.votes, count, result: vote.result })}</p>}
        {grade && (
          <p>
            <strong>{t('gradeOf', { grade: grade.grade })}</strong> {grade.reason}
          </p>
        )}
        {grade === null && <p className="quiet">{t('noGrade')}</p>}
        <button
          type="button"
          className={isBest && !isShown ? 'button small primary' : 'button small'}
          aria-pressed={isShown}
          disabled={!onChoose}
          onClick={onChoose}
        >
          {t(isShown ? 'chosen' : 'choose')}
        </button>
      </div>
    </li>
  );
}
