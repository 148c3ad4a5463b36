import { useApp, useText } from '../useApp';
import { formatCount } from '../i18n/format';
import { ErrorCard } from '../controls/ErrorCard';
import { CloseIcon } from '../controls/icons';
import hintCardStyles from '../controls/HintCard.module.css';

/** Progress of an import or export, then its result. */
export function TransferCard() {
  const { t, language } = useText();
  const { busy, imported, error } = useApp((s) => s.transfer);
  const dismiss = useApp((s) => s.dismissTransfer);
  if (error) return <ErrorCard error={error} onDismiss={dismiss} />;
  if (busy) {
    return (
      <div className={hintCardStyles.hintCard} role="status">
        <p>{t(`transfer.${busy}`)}</p>
        <span className="pulse" aria-hidden="true" />
      </div>
    );
  }
  if (!imported) return null;
  const count = (value: number) => formatCount(value, language);
  const { mended, leftOut, problems } = imported;
  return (
    <div className={hintCardStyles.hintCard} role="status">
      <div>
        <p>
          {t('transfer.imported', { added: count(imported.added), messages: count(imported.messages) })}
          {imported.extended > 0 && ` ${t('transfer.extended', { count: count(imported.extended) })}`}
          {imported.present > 0 && ` ${t('transfer.present', { count: count(imported.present) })}`}
          {mended + leftOut > 0 &&
            ` ${t('transfer.mended', { mended: count(mended), leftOut: count(leftOut) })}`}
        </p>
        {problems.length > 0 && (
          <details>
            <summary>{t('transfer.problems')}</summary>
            <ul>
              {problems.map(({ where, why }, index) => (
                <li key={index}>
                  <code>{where}</code>: {why}
                </li>
              ))}
            </ul>
          </details>
        )}
      </div>
      <button type="button" className="icon-button" aria-label={t('action.dismiss')} onClick={dismiss}>
        <CloseIcon />
      </button>
    </div>
  );
}
