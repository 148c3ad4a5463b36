import { downloading } from '../../../../store';
import { useApp, useText } from '../../../useApp';
import { modelName } from '../modelName';
import { percentOf } from '../Unfinished';
import { HintCard } from './HintCard';

/** An interrupted download, with a button to continue. */
export default function OfferCard() {
  const { t } = useText();
  const offered = useApp((s) => s.downloads.partial.find(({ id }) => id === s.downloads.offered));
  const underWay = useApp(downloading);
  const resumeDownload = useApp((s) => s.desk.resumeDownload);
  const dismissOffer = useApp((s) => s.desk.dismissOffer);
  if (!offered || underWay) return null;
  return (
    <HintCard
      text={t('offer.text', { percent: percentOf(offered), name: modelName(offered) })}
      no={t('offer.later')}
      onNo={dismissOffer}
      yes={t('offer.resume')}
      onYes={() => resumeDownload(offered.id)}
    />
  );
}
