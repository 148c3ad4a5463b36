import { createContext, memo, useContext } from 'react';
import { useText } from '../../useApp';
import { TextBlock } from './TextBlock';

/** Prefix of the ids of an answer's sources (ids are unique on the page), and which sources it lists, with blanks between. */
export const SourcesContext = createContext('');

/** Where a statement comes from: 【1†source】 or [^1]. It leads to the list below the answer, if that has it. */
export function SourceChip({ source, label }: { source: string; label: string }) {
  const { t } = useText();
  const [prefix, ...listed] = useContext(SourcesContext).split(' ');
  const name =
    label && label !== 'source' ? t('source.named', { id: source, label }) : t('source.one', { id: source });
  if (!listed.includes(source)) {
    return (
      <span className="source-chip" title={name}>
        <span className="visually-hidden">{name}</span>
        <span aria-hidden="true">{source}</span>
      </span>
    );
  }
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
  const [prefix] = useContext(SourcesContext).split(' ');
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
