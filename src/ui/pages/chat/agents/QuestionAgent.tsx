import { useState } from 'react';
import type { CitationPart, UserMessage } from '../../../../store';
import { AGENT_TEXTS } from '../../../i18n/agentTexts';
import { useTextsOf } from '../../../useApp';
import SourceCard from '../answer/SourceCard';
import styles from './Agents.module.css';

/** Below a question: the agent it was for, and the passages of its knowledge that went into the prompt. */
export default function QuestionAgent({ message }: { message: UserMessage }) {
  const { t } = useTextsOf(AGENT_TEXTS);
  const [open, setOpen] = useState<CitationPart | null>(null);
  const { agent, sought, parts } = message;
  const sources = parts.filter((part) => part.type === 'citation');
  const titleOf = ({ title, page }: CitationPart) =>
    page === undefined ? title : `${title} · ${t('page', { page })}`;
  return (
    <div className={styles.asked}>
      {agent && (
        <p className="quiet">{t('calledFor', { name: `${agent.avatar ?? ''} ${agent.name}`.trim() })}</p>
      )}
      {sought?.whole !== undefined ? (
        <p className="quiet">{t('whole', { name: sought.agent, count: sought.whole })}</p>
      ) : (
        sought && sources.length === 0 && <p className="quiet">{t('noSources', { name: sought.agent })}</p>
      )}
      {sought?.wordsOnly && <p className="warn">{t('wordsOnly')}</p>}
      {sources.length > 0 && (
        <ul aria-label={t('sources', { name: sought?.agent ?? '' })}>
          {sources.map((source) => (
            <li key={source.source}>
              <button
                type="button"
                className={styles.source}
                aria-haspopup="dialog"
                aria-label={t('passage', { id: source.source, title: titleOf(source) })}
                onClick={() => setOpen(source)}
              >
                <span aria-hidden="true">{source.source}</span>
                <span>{titleOf(source)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {open && (
        <SourceCard
          source={open.source}
          found={{
            citation: open,
            verdict: { kind: 'supported', missing: [], overlap: 1, passage: open.quote },
          }}
          onClose={() => setOpen(null)}
        />
      )}
    </div>
  );
}
