import { useApp, useText } from '../useApp';
import { formatCount } from '../i18n/format';
import { ErrorCard } from '../controls/ErrorCard';
import { CloseIcon } from '../controls/icons';
import { lazyPart } from '../lazyPart';
import hintCardStyles from '../controls/HintCard.module.css';

const list = lazyPart(() => import('./ImportProblems'));

function Problems({ problems }: { problems: readonly { where: string; why: string }[] }) {
  const loaded = list.use();
  return loaded && <loaded.ImportProblems problems={problems} />;
}

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
        {problems.length > 0 && <Problems problems={problems} />}
      </div>
      <button type="button" className="icon-button" aria-label={t('action.dismiss')} onClick={dismiss}>
        <CloseIcon />
      </button>
    </div>
  );
}
