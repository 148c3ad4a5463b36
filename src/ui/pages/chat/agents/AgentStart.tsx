import { canAsk, currentDraft, type ChatAgent } from '../../../../store';
import { AGENT_TEXTS } from '../../../i18n/agentTexts';
import { formatRoute } from '../../../route';
import { useApp, useTextsOf } from '../../../useApp';
import { CloudIcon, LockIcon } from '../../../controls/icons';
import { AgentPicture } from '../../agents/AgentPicture';
import { isBeginning, withStarter } from '../../agents/startWith';
import { useLeaving } from '../Leaving';
import { useToolsOn } from '../tools/useTools';
import DueStarters from './DueStarters';
import { useAgent } from './useAgent';
import startStyles from '../EmptyChat.module.css';
import styles from './Agents.module.css';

/** An empty chat with an agent: who it is, its opening words and starters. */
export default function AgentStart({ agent }: { agent: ChatAgent }) {
  const { t } = useTextsOf(AGENT_TEXTS);
  const canSend = useApp((s) => !s.turn && canAsk(s));
  const searches = useToolsOn().includes('simple_browser');
  const leaving = useLeaving();
  const card = useAgent(agent.id);
  const { name, avatar } = card ?? agent;
  return (
    <section className={startStyles.start} aria-labelledby="start-title">
      <AgentPicture avatar={avatar} name={name} large />
      <h1 id="start-title" className={styles.name}>
        {name}
      </h1>
      <p className={startStyles.what}>{card?.description}</p>
      {!leaving && (
        <p className={startStyles.privacy}>
          {searches ? <CloudIcon /> : <LockIcon />}
          {t(searches ? 'searches' : 'private')}
        </p>
      )}
      {card?.opening && <p className={styles.opening}>{card.opening}</p>}
      {card && card.starters.length > 0 && (
        <ul className={startStyles.chips} aria-label={t('starterList')}>
          {card.starters.map((starter, index) => (
            <li key={index}>
              <Starter text={starter} others={card.starters} canSend={canSend} />
            </li>
          ))}
        </ul>
      )}
      <p className={`quiet ${styles.foot}`}>
        {card?.model && `${t('madeFor', { model: card.model })} `}
        <a href={formatRoute({ page: 'agents', id: agent.id })}>{t('editLink')}</a>
      </p>
      <DueStarters />
    </section>
  );
}

interface StarterProps {
  text: string;
  /** All of the agent. */
  others: readonly string[];
  canSend: boolean;
}

/** A question to begin with. One that ends with a colon waits in the field for its text. */
function Starter({ text, others, canSend }: StarterProps) {
  const send = useApp((s) => s.send);
  const setDraft = useApp((s) => s.setDraft);
  const draft = useApp(currentDraft);
  const begins = isBeginning(text);
  return (
    <button
      type="button"
      className={startStyles.chip}
      disabled={!begins && !canSend}
      onClick={() => {
        if (!begins) {
          if (others.includes(draft)) setDraft('');
          return void send(text);
        }
        setDraft(withStarter(draft, text, others));
        document.getElementById('composer')?.focus();
      }}
    >
      {text}
    </button>
  );
}
