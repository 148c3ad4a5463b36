// A trial beside the form: questions to the agent as it is being written.
import { useEffect, useRef, useState, type FormEvent } from 'react';
import type { AgentCard, TrialTurn } from '../../../store/agents';
import { ErrorCard } from '../../controls/ErrorCard';
import { SendIcon, StopIcon } from '../../controls/icons';
import { AGENT_TEXTS } from '../../i18n/agentTexts';
import { toWireError, type WireError } from '../../../shared/errors';
import { useApp, useTextsOf } from '../../useApp';
import { FormattedText } from '../chat/answer/FormattedText';
import { AgentPicture } from './AgentPicture';
import { PassageList } from './Knowledge';
import styles from './TryOut.module.css';

interface Running {
  question: string;
  text: string;
  controller: AbortController;
}

export function TryOut({ card, id }: { card: AgentCard; id: string | null }) {
  const { t } = useTextsOf(AGENT_TEXTS);
  const tryOut = useApp((s) => s.agentDesk.tryOut);
  const ready = useApp((s) => s.model.status === 'ready');
  const [turns, setTurns] = useState<readonly TrialTurn[]>([]);
  const [running, setRunning] = useState<Running | null>(null);
  const [note, setNote] = useState<'busy' | WireError | null>(null);
  const [draft, setDraft] = useState('');
  const stop = useRef<AbortController>(null);
  useEffect(() => () => stop.current?.abort(), []);
  const ask = async (question: string) => {
    if (!question.trim() || running || !ready) return;
    const controller = (stop.current = new AbortController());
    const now = { question, text: '', controller };
    setRunning(now);
    setNote(null);
    setDraft('');
    try {
      const onText = (text: string) => setRunning({ ...now, text });
      const trial = { card, before: turns, question, signal: controller.signal, onText };
      const turn = await tryOut({ ...trial, ...(id !== null && { id }) });
      if (turn) setTurns([...turns, turn]);
      else if (!controller.signal.aborted) setNote('busy');
      if (!turn) setDraft(question);
    } catch (error) {
      setNote(toWireError(error));
    } finally {
      setRunning(null);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void ask(draft);
  };
  const isEmpty = turns.length === 0 && !running;
  return (
    <aside className={styles.trial} aria-label={t('tryOut')}>
      <div className={styles.head}>
        <h2>{t('tryOut')}</h2>
        {turns.length > 0 && (
          <button type="button" className="text-button" onClick={() => setTurns([])}>
            {t('again')}
          </button>
        )}
      </div>
      <p className="quiet">{t('tryOutHint')}</p>
      <div className={styles.turns} tabIndex={0} role="group" aria-label={t('tryOut')}>
        {isEmpty && (
          <div className={styles.start}>
            <AgentPicture avatar={card.avatar} name={card.name} large />
            <p className={styles.name}>{card.name || t('untitled')}</p>
            {card.opening && <p className={styles.opening}>{card.opening}</p>}
            <ul>
              {card.starters.map((starter, index) => (
                <li key={index}>
                  <button
                    type="button"
                    className="button small"
                    disabled={!ready}
                    onClick={() => void ask(starter)}
                  >
                    {starter}
                  </button>
                </li>
              ))}
            </ul>
          </div>
        )}
        {turns.map(({ question, answer, passages }, index) => (
          <div key={index} className={styles.turn}>
            <p className={styles.question}>{question}</p>
            <FormattedText text={answer} live={false} />
            {passages.length > 0 && (
              <details>
                <summary>
                  {t('sourcesUsed')}: {passages.length}
                </summary>
                <PassageList passages={passages} />
              </details>
            )}
          </div>
        ))}
        {running && (
          <div className={styles.turn} aria-busy="true">
            <p className={styles.question}>{running.question}</p>
            {running.text ? (
              <FormattedText text={running.text} live />
            ) : (
              <span className="pulse" aria-hidden="true" />
            )}
          </div>
        )}
        {note === 'busy' && <p className="warn">{t('busy')}</p>}
        {note && note !== 'busy' && <ErrorCard error={note} onDismiss={() => setNote(null)} />}
      </div>
      <form className={styles.composer} onSubmit={submit}>
        <textarea
          rows={2}
          value={draft}
          dir="auto"
          aria-label={t('message')}
          placeholder={ready ? t('message') : t('noModel')}
          onChange={({ target }) => setDraft(target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
            event.preventDefault();
            void ask(draft);
          }}
        />
        {running ? (
          <button
            type="button"
            className="icon-button"
            aria-label={t('stop')}
            title={t('stop')}
            onClick={() => running.controller.abort()}
          >
            <StopIcon />
          </button>
        ) : (
          <button
            type="submit"
            className="icon-button"
            aria-label={t('send')}
            title={t('send')}
            disabled={!ready || !draft.trim()}
          >
            <SendIcon />
          </button>
        )}
      </form>
    </aside>
  );
}
