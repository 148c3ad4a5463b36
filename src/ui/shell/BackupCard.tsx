import { useApp, useText } from '../useApp';
import hintCardStyles from '../controls/HintCard.module.css';

/** Chats are in this browser only: asks that the browser keep them, or reminds of a backup. Never during an answer. */
export function BackupCard() {
  const { t } = useText();
  const reminder = useApp((s) => (s.turn ? null : s.backup.reminder));
  const putOff = useApp((s) => s.putOffBackup);
  const keepChats = useApp((s) => s.keepChats);
  const backUp = useApp((s) => s.backUp);
  if (!reminder) return null;
  return (
    <div className={hintCardStyles.hintCard} role="status">
      <p>{t(reminder === 'keep' ? 'backup.keep' : 'backup.due')}</p>
      <div className="button-row">
        <button type="button" className="button small" onClick={putOff}>
          {t('backup.later')}
        </button>
        <button
          type="button"
          className="button small primary"
          onClick={() => void (reminder === 'keep' ? keepChats() : backUp())}
        >
          {t(reminder === 'keep' ? 'backup.keepYes' : 'backup.now')}
        </button>
      </div>
    </div>
  );
}
