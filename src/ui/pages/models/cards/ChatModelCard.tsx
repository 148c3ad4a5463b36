import { currentChat, isSameModel } from '../../../../store';
import { useApp, useText } from '../../../useApp';
import { modelName } from '../modelName';
import { useModelLabel } from '../../chat/Header';
import { HintCard } from './HintCard';

/** Shown when the current chat used another model: asks which one continues. Nothing loads without a choice. */
export default function ChatModelCard() {
  const { t } = useText();
  const own = useApp((s) => (currentChat(s).messages.length > 0 ? currentChat(s).model : undefined));
  const inUse = useApp((s) => (s.model.status === 'ready' && !s.turn ? s.model.info : null));
  const nanoUrl = useApp((s) => s.nanoUrl);
  const stored = useApp((s) => s.storage.models);
  const takeModel = useApp((s) => s.takeModel);
  const openModels = useApp((s) => s.openModels);
  const other = useModelLabel();
  if (!own || !inUse || isSameModel(own, inUse)) return null;
  const isNano = isSameModel(own, { id: '', name: '', origin: nanoUrl });
  const here = isNano ? own : stored.find((model) => isSameModel(model, own));
  const name = isNano ? t('model.nano') : modelName(own);
  return (
    <HintCard
      text={t(here ? 'chatModel.text' : 'chatModel.away', { name, other })}
      no={t('chatModel.keep', { name: other })}
      onNo={() => takeModel(inUse)}
      yes={here ? t('chatModel.load', { name }) : t('chatModel.find')}
      onYes={() => (here ? takeModel(here) : openModels())}
    />
  );
}
