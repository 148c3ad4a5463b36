import { createContext, memo, useContext } from 'react';
import { useText } from '../../useApp';
import { TextBlock } from './TextBlock';

/** Prefix of the ids of an answer's sources: ids are unique on the page. */
export const SourcesContext = createContext('');

/** Where a statement comes from: 【1†source】 or [^1]. It leads to the list below the answer, if there is one. */
export function SourceChip({ source, label }: { source: string; label: string }) {
  const { t } = useText();
  const prefix = useContext(SourcesContext);
  const name =
    label && label !== 'source' ? t('source.named', { id: source, label }) : t('source.one', { id: source });
  return (
    <button
      type="button"
      className="source-chip"
      aria-label={name}
      title={name}
      onClick={() => {
        const target = document.getElementById(`${prefix}-${source}`);
        target?.scrollIntoView({ block: 'nearest' });
        target?.focus({ preventScroll: true });
      }}
    >
      {source}
    </button>
  );
}

/** What the footnotes of an answer say. */
export const Sources = memo(function Sources({ notes, definitions }: SourcesProps) {
  const { t } = useText();
  const prefix = useContext(SourcesContext);
  return (
    <section className="sources" aria-label={t('source.list')}>
      <h3>{t('source.list')}</h3>
      <ol>
        {notes.map(([id, text]) => (
          <li key={id} id={`${prefix}-${id}`} tabIndex={-1}>
            <span className="source-chip" aria-hidden="true">
              {id}
            </span>
            <div>
              <TextBlock text={text} definitions={definitions} />
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
});

interface SourcesProps {
  notes: [id: string, text: string][];
  definitions: string;
}
