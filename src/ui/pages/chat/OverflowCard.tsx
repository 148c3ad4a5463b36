import { useEffect, useRef } from 'react';
import { formatCount } from '../../i18n/format';
import { useApp, useText } from '../../useApp';
import { focusComposer } from '../../shell/usePage';
import styles from './OverflowCard.module.css';

/** Shown when a question no longer fits the context and the settings say "ask": offers the ways on. */
export function OverflowCard() {
  const { t, language } = useText();
  const overflow = useApp((s) => (s.turnOverflow?.chatId === s.currentId ? s.turnOverflow : null));
  const ready = useApp((s) => !s.turn && s.model.status === 'ready');
  const answerWithoutOldest = useApp((s) => s.answerWithoutOldest);
  const dismissOverflow = useApp((s) => s.dismissOverflow);
  const newChat = useApp((s) => s.newChat);
  const openDialog = useApp((s) => s.page.openDialog);
  const card = useRef<HTMLElement>(null);
  useEffect(() => {
    void card.current?.scrollIntoView({ block: 'nearest' }); // newer browsers return a promise
  }, [overflow]);
  if (!overflow) return null;
  const { promptTokens, contextTokens, dropTurns, policy } = overflow;
  const count = (value: number) => formatCount(value, language);
  return (
    <section ref={card} className={styles.overflowCard} role="alert" aria-label={t('overflow.title')}>
      <strong>{t('overflow.title')}</strong>
      <p>{t('overflow.text', { prompt: count(promptTokens), total: count(contextTokens) })}</p>
      <div className="button-row">
        {policy === 'ask' && (
          <button
            type="button"
            className="button small primary"
            disabled={!ready}
            onClick={answerWithoutOldest}
          >
            {t('overflow.drop', { count: count(dropTurns) })}
          </button>
        )}
        <button
          type="button"
          className={policy === 'ask' ? 'button small' : 'button small primary'}
          onClick={() => {
            newChat();
            focusComposer();
          }}
        >
          {t('overflow.new')}
        </button>
        {policy === 'stop' && (
          <button type="button" className="button small" onClick={() => openDialog('settings')}>
            {t('overflow.policy')}
          </button>
        )}
        <button type="button" className="button small" onClick={dismissOverflow}>
          {t('overflow.stop')}
        </button>
      </div>
    </section>
  );
}
