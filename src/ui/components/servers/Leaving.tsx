// The marks of a chat that leaves this device: in the header, under the message field, on its answers.
import { currentChat, hostOf, serverOfChat, type AssistantMessage } from '../../../store';
import { useApp, useText } from '../../useApp';
import { CloudIcon } from '../icons';

/** Where the current chat is sent; null when it stays here. */
export function useLeaving(): { host: string; model: string } | null {
  const chosen = useApp((s) => currentChat(s).server);
  const server = useApp(serverOfChat);
  return chosen ? { host: server ? hostOf(server) : chosen.name, model: chosen.model } : null;
}

/** In place of the model's button. */
export function LeavingButton({ host, model }: { host: string; model: string }) {
  const { t } = useText();
  const openDialog = useApp((s) => s.openDialog);
  return (
    <button
      type="button"
      className="model-button leaving"
      aria-label={t('servers.mark', { host, model })}
      title={t('servers.mark', { host, model })}
      aria-haspopup="dialog"
      onClick={() => openDialog('settings')}
    >
      <CloudIcon />
      <span className="model-name">
        {model} <span className="leaving-host">{host}</span>
      </span>
    </button>
  );
}

/** Among an answer's figures. */
export function FromServer({ message: { server, modelName } }: { message: AssistantMessage }) {
  const { t } = useText();
  if (!server) return null;
  const label = t('servers.fromLabel', { host: server, model: modelName });
  return (
    <span className="from-server" role="note" aria-label={label} title={label}>
      <CloudIcon />
      {t('servers.from', { host: server })}
    </span>
  );
}
