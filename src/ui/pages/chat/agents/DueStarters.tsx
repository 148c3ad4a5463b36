// Starters whose time has come today, to take or to leave. Only a press starts anything.
import { useContext, useEffect, useMemo, useState } from 'react';
import { answeredIn, dueStarters, type DueStarter } from '../../../../store/agents';
import { AGENT_TEXTS } from '../../../i18n/agentTexts';
import { currentRoute } from '../../../route';
import { StoreContext, useApp, useTextsOf } from '../../../useApp';
import { AgentPicture } from '../../agents/AgentPicture';
import { askStarter } from '../../agents/startWith';
import { useChatWith } from '../../agents/useChatWith';
import styles from './DueStarters.module.css';

const LOOKS_EVERY_MS = 20_000;
const MOST_SHOWN = 3;

/** Now, while the page shows. */
function useNow(): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const look = () => document.hidden || setNow(new Date());
    const timer = setInterval(look, LOOKS_EVERY_MS);
    document.addEventListener('visibilitychange', look);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, []);
  return now;
}

/** @param agentId of the agent whose starters show; all without it */
export default function DueStarters({ agentId }: { agentId?: string }) {
  const { t } = useTextsOf(AGENT_TEXTS);
  const store = useContext(StoreContext);
  const open = useApp((s) => s.agentDesk.open);
  useEffect(() => void open(), [open]);
  const agents = useApp((s) => s.agents.agents);
  const offers = useApp((s) => s.agents.offers);
  const now = useNow();
  const answer = useApp((s) => s.agentDesk.answerStarter);
  const chatWith = useChatWith();
  const due = useMemo(() => {
    const of = (agents ?? []).filter(({ id }) => agentId === undefined || id === agentId);
    return dueStarters(of, answeredIn(offers), now);
  }, [agents, offers, now, agentId]);
  if (due.length === 0) return null;

  /** Unless another tab was first. */
  async function start({ agentId: id, time: { starter }, time }: DueStarter): Promise<void> {
    if (!store || !(await answer(id, time))) return;
    const ask = () => askStarter(store, starter);
    if (currentRoute().page !== 'chat') return chatWith(id, ask);
    await store.getState().agentDesk.chat(id);
    ask();
  }
  return (
    <section className={styles.due} aria-label={t('due')}>
      <ul>
        {due.slice(0, MOST_SHOWN).map((one) => {
          const { card, time } = one;
          const { starter, at } = time;
          return (
            <li key={`${one.agentId} ${starter}`} className={styles.offer}>
              {agentId === undefined && <AgentPicture avatar={card.avatar} name={card.name} />}
              <div>
                <p className="quiet">{agentId === undefined ? t('dueOf', { name: card.name, at }) : at}</p>
                <p dir="auto">{starter}</p>
              </div>
              <div className={styles.buttons}>
                <button
                  type="button"
                  className="button small"
                  aria-label={t('startNamed', { starter })}
                  onClick={() => void start(one)}
                >
                  {t('start')}
                </button>
                <button
                  type="button"
                  className="button small"
                  aria-label={t('notTodayNamed', { starter })}
                  onClick={() => void answer(one.agentId, time)}
                >
                  {t('notToday')}
                </button>
              </div>
            </li>
          );
        })}
      </ul>
      {due.length > MOST_SHOWN && <p className="quiet">{t('dueMore', { count: due.length - MOST_SHOWN })}</p>}
    </section>
  );
}
