import { memo, useEffect, useId, useMemo, useState } from 'react';
import { resultText, type CallPart, type ResultPart } from '../../../../store';
import { announce } from '../../../shell/announce';
import { ChevronIcon } from '../../../controls/icons';
import { useStopwatch } from '../answer/Thinking';
import { useFolded } from '../answer/useFolded';
import { CallArguments } from './CallArguments';
import { CodeCell } from './CodeCell';
import { Permission, usePermission } from './Permission';
import { Kept, Output } from './Output';
import {
  formatRunTime,
  isOver,
  isPython,
  opensByItself,
  StateIcon,
  summaryOf,
  toolName,
  useCallText,
  type CallState,
} from './callState';
import styles from './CallCard.module.css';

export interface CallCardProps {
  call: CallPart;
  /** What the tool returned, or returned so far. */
  result?: ResultPart;
  /** The answer that holds the call; missing where it cannot be run again. */
  messageId?: string;
  /** The answer is being written. */
  live: boolean;
}

/** Tells screen readers of a state that came while the reader was here; single outputs are not read out. */
function useSpokenState(state: CallState, text: string, live: boolean): void {
  const [first] = useState(live ? null : state);
  useEffect(() => {
    if (state !== first && state !== 'writing') announce(text);
  }, [state, first, text]);
}

/** One line: icon and words of the state, the tool, its time, and the result in short. */
function Head({ call, result, open }: Pick<CallCardProps, 'call' | 'result'> & { open: boolean }) {
  const texts = useCallText();
  const { t } = texts;
  const { state } = call;
  const elapsedMs = useStopwatch(state === 'runs');
  const ms = call.ranMs ?? elapsedMs;
  const facts = [
    state !== 'done' && t(state),
    ms !== undefined && state !== 'writing' && state !== 'asks' && formatRunTime(ms, texts),
    !open && isOver(state) && summaryOf(result, texts),
  ].filter((fact) => typeof fact === 'string' && fact !== '');
  return (
    <>
      <StateIcon state={state} />
      <span className={styles.name}>{toolName(call.tool, t)}</span>
      {state === 'done' && <span className="visually-hidden">{t('done')}</span>}
      <span className={styles.facts}>
        {facts.map((fact, index) => (
          <span key={index}>{fact}</span>
        ))}
      </span>
    </>
  );
}

/** A call as it is written, asked for, run and answered; folded to one line when it is done. */
export const CallCard = memo(function CallCard({ call: stored, result, messageId, live }: CallCardProps) {
  const { t } = useCallText();
  // The page was closed while the call was written, waited or ran.
  const call: CallPart = live || isOver(stored.state) ? stored : { ...stored, state: 'stopped' };
  const { state } = call;
  const text = useMemo(() => `${call.args}\n${result ? resultText(result) : ''}`, [call.args, result]);
  const [unfolded, choose] = useFolded(text, opensByItself(state));
  const [editing, setEditing] = useState(false);
  const ask = usePermission(call, messageId);
  const id = useId();
  const open = state === 'asks' || editing || unfolded;
  const name = toolName(call.tool, t);
  useSpokenState(state, t('said', { tool: name, state: t(state) }), live);
  const edits = isPython(call) && isOver(state) && !live && messageId !== undefined;
  return (
    <div className={`${styles.card} ${styles[state]}`} role="group" aria-label={name} data-call={state}>
      <button
        type="button"
        className={styles.head}
        aria-expanded={open}
        aria-controls={id}
        disabled={state === 'asks' || editing}
        onClick={() => choose(!open)}
      >
        <Head call={call} result={result} open={open} />
        <ChevronIcon />
      </button>
      <div id={id} hidden={!open}>
        {open &&
          (editing && messageId !== undefined ? (
            <CodeCell call={call} messageId={messageId} onClose={() => setEditing(false)} />
          ) : (
            <>
              <CallArguments
                call={call}
                live={state === 'writing'}
                onEdit={edits ? () => setEditing(true) : undefined}
              />
              {ask && <Permission call={call} {...ask} />}
              <Output call={call} result={result} />
            </>
          ))}
      </div>
      {result && <Kept result={result} />}
    </div>
  );
});

/** A result whose call is not in the message, as in chats of other apps. */
export function ResultCard({ result }: { result: ResultPart }) {
  const { t } = useCallText();
  const call: CallPart = {
    ...{ type: 'call', id: result.callId, tool: t('tool'), args: '' },
    state: result.failed ? 'failed' : 'done',
  };
  return <CallCard call={call} result={result} live={false} />;
}
