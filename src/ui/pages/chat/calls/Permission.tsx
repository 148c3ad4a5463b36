import { useEffect, useId, useRef } from 'react';
import type { CallPart, ToolAsked, ToolDecision } from '../../../../store';
import { ShieldIcon } from '../../../controls/icons';
import { formatBytes } from '../../../i18n/format';
import { COMPOSER_ID, focusComposer } from '../../../shell/usePage';
import { useApp } from '../../../useApp';
import { isPython, useCallText } from './callState';
import styles from './Permission.module.css';

export interface PermissionAsk {
  /** What the call may reach. */
  reach: ToolAsked['reach'];
  /** Hosts that would hear of it; empty where they are not known. */
  hosts: string[];
  /** Untrusted text is in the chat. */
  tainted: boolean;
  /** What the call needs from another host. */
  download?: ToolAsked['download'];
  /** Calls of this tool ask every time. */
  each?: true;
}

/** What the user is asked for about this call; null when nothing is. */
export function usePermission(call: CallPart, messageId: string | undefined): PermissionAsk | null {
  const asked = useApp((s) => s.toolAsked);
  if (!asked || asked.messageId !== messageId || asked.call.id !== call.id) return null;
  const { reach, tainted, download, each, hosts = [] } = asked;
  return { reach, tainted, download, each, hosts };
}

/** The focus is nowhere, or in a message field without a word: it may be moved. */
function isFree(element: Element | null): boolean {
  if (!element || element === document.body) return true;
  return element.id === COMPOSER_ID && (element as HTMLTextAreaElement).value === '';
}

/** The words for a call that sends. */
const sendingOf = (reach: PermissionAsk['reach'], hosts: string[]) =>
  hosts.length === 0 ? 'askSends' : reach === 'elsewhere' ? 'askOpens' : 'askSendsTo';

/** Asks whether a call may run, below what it would run or send. */
export function Permission({
  call,
  reach,
  hosts,
  tainted,
  download,
  each,
}: PermissionAsk & { call: CallPart }) {
  const { t } = useCallText();
  const answerTool = useApp((s) => s.answerTool);
  const titleId = useId();
  const group = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // The group, not a button: a key that was on its way to the message must not allow anything.
    if (isFree(document.activeElement)) group.current?.focus({ preventScroll: true });
    void group.current?.scrollIntoView({ block: 'nearest' }); // newer browsers return a promise
  }, []);
  const answer = (decision: ToolDecision) => () => {
    answerTool(decision);
    focusComposer();
  };
  const sends = reach !== 'caged';
  const remembers = call.tool === 'remember' && each === true;
  const why = download
    ? 'askDownload'
    : remembers
      ? 'askRemember'
      : sends
        ? sendingOf(reach, hosts)
        : isPython(call)
          ? 'askPython'
          : 'askFunction';
  const what: Record<string, string> = download
    ? { parts: download.parts, size: formatBytes(download.bytes), host: download.host }
    : { hosts: hosts.join(', ') };
  // A call that sends asks every time once the chat is tainted: a lasting permission would change nothing.
  const lasts = !each && !download && !(sends && tainted) && reach !== 'elsewhere';
  return (
    <div
      ref={group}
      className={styles.permission}
      role="group"
      tabIndex={-1}
      aria-labelledby={titleId}
      aria-describedby={`${titleId}-why`}
    >
      <p className={styles.title} id={titleId}>
        <ShieldIcon />
        {t(download ? 'askDownloadTitle' : remembers ? 'askRememberTitle' : 'askTitle')}
      </p>
      <div id={`${titleId}-why`}>
        <p>{t(why, what)}</p>
        {tainted && <p className={styles.warning}>{t('askTainted')}</p>}
      </div>
      <div className={styles.buttons}>
        <button type="button" className="button small primary" onClick={answer('once')}>
          {t(download ? 'download' : remembers ? 'remember' : 'once')}
        </button>
        {lasts && (
          <>
            <button type="button" className="button small" onClick={answer('chat')}>
              {t('inChat')}
            </button>
            <button type="button" className="button small" onClick={answer('always')}>
              {t('always')}
            </button>
          </>
        )}
        <button type="button" className="button small" onClick={answer('refuse')}>
          {t(remembers ? 'forget' : 'no')}
        </button>
      </div>
    </div>
  );
}
