// The page at #/agents: the user's agents, the gallery, and the builder of one.
import { useEffect, useRef, useState } from 'react';
import { currentChat } from '../../../store';
import { AGENT_FILES, galleryAgents, type AgentCard, type StoredAgent } from '../../../store/agents';
import { ErrorCard } from '../../controls/ErrorCard';
import { FileIcon, PlusIcon } from '../../controls/icons';
import { AGENT_TEXTS } from '../../i18n/agentTexts';
import { formatRoute, goTo, useRoute } from '../../route';
import { useApp, useTextsOf } from '../../useApp';
import { AgentCardView } from './AgentCardView';
import { AgentReview } from './AgentReview';
import { Builder } from './Builder';
import styles from './AgentsPage.module.css';

/** The agents, or the builder of the one in the address. Loaded lazily. */
export default function AgentsPage() {
  const route = useRoute();
  const open = useApp((s) => s.agentDesk.open);
  const agents = useApp((s) => s.agents.agents);
  const hasReview = useApp((s) => s.agents.agentReviews.length > 0);
  useEffect(() => void open(), [open]);
  const id = route.page === 'agents' ? route.id : null;
  return (
    <main className={styles.page}>
      <div className={id === null ? styles.column : `${styles.column} ${styles.broad}`}>
        {id === null ? <Gallery agents={agents ?? []} /> : agents && <Builder id={id} />}
      </div>
      {hasReview && <AgentReview />}
    </main>
  );
}

function Gallery({ agents }: { agents: StoredAgent[] }) {
  const { t, language } = useTextsOf(AGENT_TEXTS);
  const chatId = useApp((s) => (currentChat(s).messages.length > 0 ? s.currentId : null));
  const error = useApp((s) => s.agents.agentError);
  const dismissError = useApp((s) => s.agentDesk.dismissError);
  const isRead = useApp((s) => s.agents.agents !== null);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <>
      <a href={formatRoute({ page: 'chat', chatId })} className={styles.back}>
        ← {t('back')}
      </a>
      <header className={styles.head}>
        <div>
          <h1 ref={heading} tabIndex={-1}>
            {t('title')}
          </h1>
          <p className="quiet">{t('intro')}</p>
        </div>
        <div className={styles.actions}>
          <button
            type="button"
            className="button primary"
            onClick={() => goTo({ page: 'agents', id: 'new' })}
          >
            <PlusIcon />
            {t('new')}
          </button>
          <ImportButton />
        </div>
      </header>
      {error && <ErrorCard error={error} onDismiss={() => void dismissError()} />}
      <AgentList title={t('yours')} agents={agents} empty={isRead ? t('none') : ''} own />
      <AgentList title={t('gallery')} agents={galleryAgents(language === 'en' ? 'en' : 'zh')} />
    </>
  );
}

function ImportButton() {
  const { t } = useTextsOf(AGENT_TEXTS);
  const importAgents = useApp((s) => s.agentDesk.import);
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" className="button" title={t('importHint')} onClick={() => input.current?.click()}>
        <FileIcon />
        {t('import')}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        multiple
        data-agents
        accept={AGENT_FILES}
        onChange={({ target }) => {
          void importAgents([...(target.files ?? [])]);
          target.value = '';
        }}
      />
    </>
  );
}

interface AgentListProps {
  title: string;
  agents: readonly { id: string; card: AgentCard; knowledge?: StoredAgent['knowledge'] }[];
  /** Said where there are none. */
  empty?: string;
  /** They can be exported and deleted. */
  own?: boolean;
}

function AgentList({ title, agents, empty, own = false }: AgentListProps) {
  const [asked, setAsked] = useState<string | null>(null);
  return (
    <section aria-label={title} className={styles.section}>
      <h2>{title}</h2>
      {agents.length === 0 && <p className="quiet">{empty}</p>}
      <ul className={styles.cards}>
        {agents.map((agent) => (
          <AgentCardView
            key={agent.id}
            agent={agent}
            own={own}
            asked={asked === agent.id}
            onAsk={(isAsked) => setAsked(isAsked ? agent.id : null)}
          />
        ))}
      </ul>
    </section>
  );
}
