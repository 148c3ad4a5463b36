import { ErrorCard, type ErrorAction } from '../../../controls/ErrorCard';
import { goTo } from '../../../route';
import { focusPythonParts } from '../../../shell/usePage';
import { useApp, useText } from '../../../useApp';

/** Why the last answer failed, below it. */
export default function TurnError() {
  const { t } = useText();
  const failure = useApp((s) => (s.turnError?.chatId === s.currentId ? s.turnError : null));
  const regenerate = useApp((s) => s.regenerate);
  const newChat = useApp((s) => s.newChat);
  const openDialog = useApp((s) => s.page.openDialog);
  const dismiss = useApp((s) => s.dismissTurnError);
  if (!failure) return null;
  const actions: Record<string, ErrorAction> = {
    'context-full': { label: t('action.newChat'), run: newChat },
    'bad-request': { label: t('settings.open'), run: () => openDialog('settings') },
    'server-key': { label: t('settings.open'), run: () => openDialog('settings') },
    'server-not-openai': { label: t('settings.open'), run: () => openDialog('settings') },
    'server-gone': { label: t('settings.open'), run: () => openDialog('settings') },
    'python-parts': {
      label: t('tools.parts'),
      run: () => {
        openDialog('settings');
        focusPythonParts();
      },
    },
    'no-model': { label: t('model.choose'), run: () => openDialog('models') },
  };
  const action = actions[failure.error.code] ?? { label: t('action.retry'), run: () => regenerate() };
  const check = { label: t('action.checkDevice'), run: () => goTo({ page: 'bench' }) };
  const isWrong = failure.error.code === 'logits-not-finite';
  return (
    <ErrorCard error={failure.error} actions={isWrong ? [action, check] : [action]} onDismiss={dismiss} />
  );
}
