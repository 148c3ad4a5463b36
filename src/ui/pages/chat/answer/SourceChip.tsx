import { createContext, useContext } from 'react';
import { useText } from '../../../useApp';
import sourcesStyles from './Sources.module.css';

/** Prefix of the ids of an answer's sources (ids are unique on the page), and which sources it lists, with blanks between. */
export const SourcesContext = createContext('');

/** A citation, 【1†source】 or [^1]. A button that goes to the source if the list below the answer has it. */
export function SourceChip({ source, label }: { source: string; label: string }) {
  const { t } = useText();
  const [prefix, ...listed] = useContext(SourcesContext).split(' ');
  const name =
    label && label !== 'source' ? t('source.named', { id: source, label }) : t('source.one', { id: source });
  if (!listed.includes(source)) {
    return (
      <span className={sourcesStyles.sourceChip} data-part="citation" title={name}>
        <span className="visually-hidden">{name}</span>
        <span aria-hidden="true">{source}</span>
      </span>
    );
  }
  return (
    <button
      type="button"
      className={sourcesStyles.sourceChip}
      data-part="citation"
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
