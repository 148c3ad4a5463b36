import { currentChat, isUnsupported } from '../../../store';
import { ErrorCard } from '../../controls/ErrorCard';
import { BackupCard } from '../../shell/BackupCard';
import { StorageBanner } from '../../shell/StorageBanner';
import { TransferCard } from '../../shell/TransferCard';
import { UpdateCard } from '../../shell/UpdateCard';
import { useApp, useText } from '../../useApp';
import { ChatModelCard } from '../models/cards/ChatModelCard';
import { LoadCard } from '../models/cards/LoadCard';
import { ModelError } from '../models/cards/ModelError';
import { HealingCard } from '../models/cards/HealingCard';
import { AskAgainCard, CrashedCard, OfferCard, SwitchCard } from '../models/cards/OfferCard';
import chatPageStyles from './ChatPage.module.css';
import hintCardStyles from '../../controls/HintCard.module.css';

/** Cards between the messages and the field: loading, errors, offers. */
export function ModelStrip() {
  const { t } = useText();
  const { status, error } = useApp((s) => s.model);
  // The empty chat shows the long explanation; other chats show this card.
  const unsupportedHere = useApp((s) => isUnsupported(s) && currentChat(s).messages.length > 0);
  const openModels = useApp((s) => s.openModels);
  const crashed = useApp((s) => s.model.crashed);
  const offered = useApp((s) => s.downloads.offered !== null);
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
      <ModelError />
      {unsupportedHere && error && <ErrorCard error={error} />}
      <SwitchCard />
      <ChatModelCard />
      <AskAgainCard />
      <OfferCard />
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
