import { useApp, useText } from '../useApp';
import hintCardStyles from '../controls/HintCard.module.css';

/** A part could not be fetched, and a reload of the page's own did not help or has to wait. */
function MissingPartCard() {
  const { t } = useText();
  const missing = useApp((s) => s.app.missingPart);
  const dismiss = useApp((s) => s.page.dismissMissingPart);
  if (missing === 'none') return null;
  return (
    <div className={hintCardStyles.hintCard} role="status">
      <p>{t(`part.${missing === 'reload' ? 'missing' : 'offline'}`)}</p>
      <div className="button-row">
        <button type="button" className="button small" onClick={dismiss}>
          {t('update.later')}
        </button>
        {missing === 'reload' && (
          <button type="button" className="button small primary" onClick={() => location.reload()}>
            {t('update.now')}
          </button>
        )}
      </div>
    </div>
  );
}

/** A new version of the app waits. It never interrupts: an answer under way is finished first. */
export function UpdateCard() {
  const { t } = useText();
  const state = useApp((s) => s.app.update);
  const updateApp = useApp((s) => s.page.updateApp);
  const postponeUpdate = useApp((s) => s.page.postponeUpdate);
  if (state === 'none' || state === 'later') return <MissingPartCard />;
  return (
    <div className={hintCardStyles.hintCard} role="status">
      <p>{t(state === 'agreed' ? 'update.waiting' : 'update.ready')}</p>
      <div className="button-row">
        <button type="button" className="button small" onClick={postponeUpdate}>
          {t('update.later')}
        </button>
        {state === 'ready' && (
          <button type="button" className="button small primary" onClick={updateApp}>
            {t('update.now')}
          </button>
        )}
      </div>
    </div>
  );
}
