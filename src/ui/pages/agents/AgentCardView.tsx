import type { AgentCard, StoredAgent } from '../../../store/agents';
import { IconButton } from '../../controls/IconButton';
import { CopyIcon, PencilIcon, SaveIcon, TrashIcon } from '../../controls/icons';
import { AGENT_TEXTS } from '../../i18n/agentTexts';
import { goTo } from '../../route';
import { useApp, useTextsOf } from '../../useApp';
import { toolName, useCallText } from '../chat/calls/callState';
import DueStarters from '../chat/agents/DueStarters';
import { AgentPicture } from './AgentPicture';
import { useTimeText } from './timeText';
import { useChatWith } from './useChatWith';
import styles from './AgentsPage.module.css';

interface AgentCardViewProps {
  agent: { id: string; card: AgentCard; knowledge?: StoredAgent['knowledge'] };
  own: boolean;
  /** The card asks whether to delete. */
  asked: boolean;
  onAsk: (asked: boolean) => void;
}

/** An agent of the gallery page: what it is, and what can be done with it. */
export function AgentCardView({ agent: { id, card, knowledge }, own, asked, onAsk }: AgentCardViewProps) {
  const { t, language } = useTextsOf(AGENT_TEXTS);
  const calls = useCallText();
  const chatWith = useChatWith();
  const remove = useApp((s) => s.agentDesk.remove);
  const exportAgent = useApp((s) => s.agentDesk.export);
  const { name, description, tools, avatar, schedule = [] } = card;
  const timeText = useTimeText();
  const times = [...new Set(schedule.map(timeText))];
  const facts = [
    knowledge && t('knows', { count: knowledge.summary.files.length }),
    own && times.length > 0 && t('scheduleOf', { times: times.join(language === 'en' ? ', ' : '、') }),
    tools.length > 0 && t('usesTools', { list: tools.map((tool) => toolName(tool, calls.t)).join(', ') }),
  ].filter(Boolean);
  return (
    <li className={styles.card} aria-label={name}>
      <AgentPicture avatar={avatar} name={name} />
      <div className={styles.about}>
        <h3>{name}</h3>
        <p className={styles.description}>{description}</p>
        {facts.length > 0 && <p className="quiet">{facts.join(' · ')}</p>}
        {own && times.length > 0 && <DueStarters agentId={id} />}
      </div>
      {asked ? (
        <div className={styles.cardActions} role="group" aria-label={t('delete', { name })}>
          <p>{t('deleteAsk', { name })}</p>
          <button type="button" className="button small danger" autoFocus onClick={() => void remove(id)}>
            {t('yes')}
          </button>
          <button type="button" className="button small" onClick={() => onAsk(false)}>
            {t('no')}
          </button>
        </div>
      ) : (
        <div className={styles.cardActions}>
          <button
            type="button"
            className="button small primary"
            aria-label={t('chatWith', { name })}
            onClick={() => chatWith(id)}
          >
            {t('chat')}
          </button>
          <IconButton
            name={t(own ? 'edit' : 'copy', { name })}
            icon={own ? <PencilIcon /> : <CopyIcon />}
            onClick={() => goTo({ page: 'agents', id })}
          />
          <IconButton name={t('export', { name })} icon={<SaveIcon />} onClick={() => void exportAgent(id)} />
          {own && (
            <IconButton name={t('delete', { name })} icon={<TrashIcon />} onClick={() => onAsk(true)} />
          )}
        </div>
      )}
    </li>
  );
}
