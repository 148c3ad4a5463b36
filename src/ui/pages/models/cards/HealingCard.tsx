import { joinSentences } from '../../../i18n/format';
import { useApp, useText } from '../../../useApp';
import hintCardStyles from '../../../controls/HintCard.module.css';

/** The engine brings itself back: what happened, and that nothing has to be done. */
export function HealingCard() {
  const { t, language } = useText();
  const healing = useApp((s) => s.model.healing);
  if (!healing) return null;
  const { cause, name, progress } = healing;
  const share = progress?.phase === 'upload' ? progress.doneBytes / progress.totalBytes : null;
  return (
    <div className={hintCardStyles.hintCard} role="status" data-healing={cause}>
      <span className="pulse" aria-hidden="true" />
      <p>
        {joinSentences([t(`heal.${cause}`), name !== '' && t('heal.reloads', { name })], language)}
        {share !== null && ` ${Math.floor(share * 100)}%`}
      </p>
    </div>
  );
}
