// Signs that a chat is sent to a server: in the header, below the message field, at its answers.
import { currentChat, hostOf, serverOfChat, type AssistantMessage } from '../../../store';
import { useApp, useText, type TextKey } from '../../useApp';
import { CloudIcon } from '../../controls/icons';
import headerStyles from './Header.module.css';
import styles from './Leaving.module.css';

export interface Leaving {
  host: string;
  model: string;
  /** The short and the long text. */
  note: TextKey;
  hint: TextKey;
}

/** Servers on this computer: a message leaves the tab, not the device. */
const LOCAL = /^(?:localhost|127\.0\.0\.1)(?::|$)/;

/** The server of the current chat; null for the model in this tab. */
export function useLeaving(): Leaving | null {
  const chosen = useApp((s) => currentChat(s).server);
  const server = useApp(serverOfChat);
  if (!chosen) return null;
  const host = server ? hostOf(server) : chosen.name;
  const texts = LOCAL.test(host)
    ? { note: 'servers.noteLocal' as const, hint: 'servers.awayHintLocal' as const }
    : { note: 'servers.note' as const, hint: 'servers.awayHint' as const };
  return { host, model: chosen.model, ...texts };
}

/** Replaces the model button while a server answers. */
export function LeavingButton({ host, model }: Leaving) {
  const { t } = useText();
  const openDialog = useApp((s) => s.page.openDialog);
  return (
    <button
      type="button"
      className={`${headerStyles.modelButton} ${headerStyles.leaving}`}
      aria-label={t('servers.mark', { host, model })}
      title={t('servers.mark', { host, model })}
      aria-haspopup="dialog"
      onClick={() => openDialog('settings')}
    >
      <CloudIcon />
      <span className={headerStyles.modelName}>
        {model} <span className={headerStyles.leavingHost}>{host}</span>
      </span>
    </button>
  );
}

/** The server's name beside an answer's statistics. */
export function FromServer({ message: { server, modelName } }: { message: AssistantMessage }) {
  const { t } = useText();
  if (!server) return null;
  const label = t('servers.fromLabel', { host: server, model: modelName });
  return (
    <span className={styles.fromServer} role="note" aria-label={label} title={label}>
      <CloudIcon />
      {t('servers.from', { host: server })}
    </span>
  );
}
