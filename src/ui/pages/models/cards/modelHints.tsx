import { useApp, useText } from '../../../useApp';
import { HintCard } from './HintCard';

/** The page ended while this model was loading: another one is in use. */
export function CrashedCard() {
  const { t } = useText();
  const crashed = useApp((s) => s.model.crashed);
  const loadModel = useApp((s) => s.desk.loadModel);
  const dismiss = useApp((s) => s.desk.dismissModelError);
  if (!crashed) return null;
  const { name, source } = crashed;
  return (
    <HintCard
      text={t('crash.text', { name })}
      no={t('crash.dismiss')}
      onNo={dismiss}
      yes={t('crash.retry', { name })}
      onYes={() => void loadModel(source)}
    />
  );
}

/** A downloaded model that is ready while another one is in use. */
export function SwitchCard() {
  const { t } = useText();
  const incoming = useApp((s) => s.model.incoming);
  const switchNow = useApp((s) => s.desk.switchNow);
  const switchLater = useApp((s) => s.desk.switchLater);
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

/** The last model is a file on disk, which the browser lets the page read only after a click. */
export function AskAgainCard() {
  const { t } = useText();
  const model = useApp((s) => s.disk.askAgain);
  const loadModel = useApp((s) => s.desk.loadModel);
  const dismissAskAgain = useApp((s) => s.desk.dismissAskAgain);
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
