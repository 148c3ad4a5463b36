import { currentChat, isSameModel, isUnsupported, type AppState } from '../../../store';
import { ErrorCard } from '../../controls/ErrorCard';
import { BackupCard } from '../../shell/BackupCard';
import { StorageBanner } from '../../shell/StorageBanner';
import { TransferCard } from '../../shell/TransferCard';
import { UpdateCard } from '../../shell/UpdateCard';
import { lazyView } from '../../lazyPart';
import { useApp, useText } from '../../useApp';
import { LoadCard } from '../models/cards/LoadCard';
import { HealingCard } from '../models/cards/HealingCard';
import { AskAgainCard, CrashedCard, SwitchCard } from '../models/cards/modelHints';
import chatPageStyles from './ChatPage.module.css';
import hintCardStyles from '../../controls/HintCard.module.css';

// These name models of the catalogue, which is not needed before.
const ModelError = lazyView(() => import('../models/cards/ModelError'));
const ChatModelCard = lazyView(() => import('../models/cards/ChatModelCard'));
const OfferCard = lazyView(() => import('../models/cards/OfferCard'));

/** The current chat was answered by another model than the one in use. */
function usesOtherModel(s: AppState): boolean {
  const { messages, model: own } = currentChat(s);
  const inUse = s.model.status === 'ready' && !s.turn ? s.model.info : null;
  return messages.length > 0 && own !== undefined && inUse !== null && !isSameModel(own, inUse);
}

/** Cards between the messages and the field: loading, errors, offers. */
export function ModelStrip() {
  const { t } = useText();
  const { status, error } = useApp((s) => s.model);
  // The empty chat shows the long explanation; other chats show this card.
  const unsupportedHere = useApp((s) => isUnsupported(s) && currentChat(s).messages.length > 0);
  const openModels = useApp((s) => s.openModels);
  const crashed = useApp((s) => s.model.crashed);
  const offered = useApp((s) => s.downloads.offered !== null);
  const otherModel = useApp(usesOtherModel);
  const notice = useApp((s) => s.view.notice);
  const dismissNotice = useApp((s) => s.page.dismissNotice);
  return (
    <div className={chatPageStyles.strip}>
      <StorageBanner />
      <TransferCard />
      {notice && <ErrorCard error={notice} onDismiss={dismissNotice} />}
      <HealingCard />
      <LoadCard />
      <CrashedCard />
      {error && <ModelError />}
      {unsupportedHere && error && <ErrorCard error={error} />}
      <SwitchCard />
      {otherModel && <ChatModelCard />}
      <AskAgainCard />
      {offered && <OfferCard />}
      <BackupCard />
      <UpdateCard />
      {status === 'idle' && !offered && !crashed && (
        <div className={hintCardStyles.hintCard} role="status">
          <p>{t('load.canceled')}</p>
          <button type="button" className="button primary" onClick={() => openModels()}>
            {t('model.choose')}
          </button>
        </div>
      )}
    </div>
  );
}
