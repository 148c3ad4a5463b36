import { useApp, useText } from '../../useApp';
import { modelName } from '../../usePrediction';
import { percentOf } from './Unfinished';

/** A download that stopped half-way, and the way on. */
export function OfferCard() {
  const { t } = useText();
  const offered = useApp((s) => s.downloads.partial.find(({ id }) => id === s.downloads.offered));
  const downloading = useApp((s) => s.model.downloading);
  const resumeDownload = useApp((s) => s.resumeDownload);
  const dismissOffer = useApp((s) => s.dismissOffer);
  if (!offered || downloading) return null;
  return (
    <div className="hint-card" role="status">
      <p>{t('offer.text', { percent: percentOf(offered), name: modelName(offered) })}</p>
      <div className="button-row">
        <button type="button" className="button small" onClick={dismissOffer}>
          {t('offer.later')}
        </button>
        <button type="button" className="button small primary" onClick={() => resumeDownload(offered.id)}>
          {t('offer.resume')}
        </button>
      </div>
    </div>
  );
}
