import type { ChatAgent } from '../../../../store';
import { AGENT_TEXTS } from '../../../i18n/agentTexts';
import { formatRoute } from '../../../route';
import { useTextsOf } from '../../../useApp';
import { AgentPicture } from '../../agents/AgentPicture';
import { useAgent } from './useAgent';
import styles from './Agents.module.css';

/** The agent that the chat is with, in the header. */
export default function AgentBadge({ agent }: { agent: ChatAgent }) {
  const { t } = useTextsOf(AGENT_TEXTS);
  const { name, avatar } = useAgent(agent.id) ?? agent;
  return (
    <a
      className={styles.badge}
      href={formatRoute({ page: 'agents', id: agent.id })}
      aria-label={t('agentOf', { name })}
      title={t('agentOf', { name })}
    >
      <AgentPicture avatar={avatar} name={name} />
      <span>{name}</span>
    </a>
  );
}
