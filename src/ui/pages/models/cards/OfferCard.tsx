import { downloading } from '../../../../store';
import { useApp, useText } from '../../../useApp';
import { modelName } from '../usePrediction';
import { HintCard } from './HintCard';
import { percentOf } from '../Unfinished';

/** A download that stopped half-way, and the way on. */
export function OfferCard() {
  const { t } = useText();
  const offered = useApp((s) => s.downloads.partial.find(({ id }) => id === s.downloads.offered));
  const underWay = useApp(downloading);
  const resumeDownload = useApp((s) => s.resumeDownload);
  const dismissOffer = useApp((s) => s.dismissOffer);
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

/** A model that arrived while somebody was chatting with another. */
export function SwitchCard() {
  const { t } = useText();
  const incoming = useApp((s) => s.incoming);
  const switchNow = useApp((s) => s.switchNow);
  const switchLater = useApp((s) => s.switchLater);
  if (!incoming || incoming.readyId === null) return null;
  return (
    <HintCard
      text={t('switch.text', { name: incoming.name })}
      no={t('switch.later')}
      onNo={switchLater}
      yes={t('switch.now')}
      onYes={switchNow}
    />
  );
}

/** The model used last lies on disk: the browser wants a click before it may be read again. */
export function AskAgainCard() {
  const { t } = useText();
  const model = useApp((s) => s.askAgain);
  const loadModel = useApp((s) => s.loadModel);
  const dismissAskAgain = useApp((s) => s.dismissAskAgain);
  if (!model) return null;
  return (
    <HintCard
      text={t('askAgain.text', { name: model.name })}
      no={t('offer.later')}
      onNo={dismissAskAgain}
      yes={t('askAgain.open')}
      onYes={() => void loadModel({ kind: 'cached', id: model.id })}
    />
  );
}
