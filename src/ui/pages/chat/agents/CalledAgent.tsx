import type { ChatAgent } from '../../../../store';
import { IconButton } from '../../../controls/IconButton';
import { CloseIcon } from '../../../controls/icons';
import { AGENT_TEXTS } from '../../../i18n/agentTexts';
import { focusComposer } from '../../../shell/usePage';
import { useApp, useTextsOf } from '../../../useApp';
import { AgentPicture } from '../../agents/AgentPicture';
import { useAgent } from './useAgent';
import styles from './Agents.module.css';

/** Above the message field: the agent that answers the next question. */
export default function CalledAgent({ agent }: { agent: ChatAgent }) {
  const { t } = useTextsOf(AGENT_TEXTS);
  const call = useApp((s) => s.agentDesk.call);
  const { name, avatar } = useAgent(agent.id) ?? agent;
  return (
    <p className={styles.called} role="status">
      <AgentPicture avatar={avatar} name={name} />
      <span>{t('called', { name })}</span>
      <IconButton
        name={t('uncall', { name })}
        icon={<CloseIcon />}
        onClick={() => void call(null).then(focusComposer)}
      />
    </p>
  );
}
