import { currentChat, shownMessages, usesNano, type AppState } from '../../../store';
import { lazyView } from '../../lazyPart';
import { formatCount } from '../../i18n/format';
import { useApp, useText } from '../../useApp';
import { NARROW, useMedia } from '../../useMedia';
import { focusComposer } from '../../shell/usePage';
import { ChevronIcon, MenuIcon, PencilIcon } from '../../controls/icons';
import { LeavingButton, useLeaving } from './Leaving';
import styles from './Header.module.css';

/** The built-in model's label names it as the demo. */
export function useModelLabel(): string {
  const { t } = useText();
  const { info, status, loadingName } = useApp((s) => s.model);
  const isNano = useApp(usesNano);
  if (isNano) return t('model.nano');
  const isNamed = status === 'loading' || status === 'importing' || status === 'lost';
  return info?.name ?? (isNamed ? loadingName : t('model.none'));
}

/** Tokens in the model's context after the last answer of this chat, or while one is written. */
function contextUsed(state: AppState): number {
  if (state.turn?.chatId === state.currentId && state.turn.contextUsed) return state.turn.contextUsed;
  const last = shownMessages(state).findLast((message) => message.role === 'assistant');
  return last?.role === 'assistant' ? (last.summary?.contextUsed ?? 0) : 0;
}

/** Share of the context from which on the meter warns. */
const NEARLY_FULL = 0.85;

function ContextMeter() {
  const { t, language } = useText();
  const used = useApp(contextUsed);
  const total = useApp((s) => s.model.info?.contextTokens ?? 0);
  if (!used || !total) return null;
  const share = Math.min(1, used / total);
  const values = { used: formatCount(used, language), total: formatCount(total, language) };
  const label = t('stats.contextLabel', values);
  return (
    <div
      className={styles.contextMeter}
      role="meter"
      data-nearly-full={share >= NEARLY_FULL}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={used}
      title={label}
    >
      <span className={styles.contextBar} aria-hidden="true">
        <span style={{ width: `${Math.max(2, share * 100)}%` }} />
      </span>
      <span className={styles.contextNumbers}>
        {values.used} / {values.total}
      </span>
    </div>
  );
}

const AgentBadge = lazyView(() => import('./agents/AgentBadge'));

export function Header() {
  const { t } = useText();
  const narrow = useMedia(NARROW);
  const status = useApp((s) => s.model.status);
  const openModels = useApp((s) => s.openModels);
  const setChatListOpen = useApp((s) => s.page.setChatListOpen);
  const newChat = useApp((s) => s.newChat);
  const name = useModelLabel();
  const leaving = useLeaving();
  const agent = useApp((s) => currentChat(s).agent);
  return (
    <header className={styles.top}>
      {narrow && (
        <button
          type="button"
          className="icon-button"
          aria-label={t('chat.menu')}
          aria-haspopup="dialog"
          onClick={() => setChatListOpen(true)}
        >
          <MenuIcon />
        </button>
      )}
      {leaving ? (
        <LeavingButton {...leaving} />
      ) : (
        <button
          type="button"
          className={styles.modelButton}
          aria-label={t('model.open', { name })}
          aria-haspopup="dialog"
          onClick={() => openModels()}
        >
          <span className={styles.statusDot} data-status={status} aria-hidden="true" />
          <span className={styles.modelName}>{name}</span>
          <ChevronIcon />
        </button>
      )}
      {agent && <AgentBadge agent={agent} />}
      <span className={styles.topSpace} />
      {!leaving && <ContextMeter />}
      {narrow && (
        <button
          type="button"
          className="icon-button"
          aria-label={t('chat.new')}
          onClick={() => {
            newChat();
            focusComposer();
          }}
        >
          <PencilIcon />
        </button>
      )}
    </header>
  );
}
