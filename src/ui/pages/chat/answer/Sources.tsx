import { memo, useContext } from 'react';
import { useText } from '../../../useApp';
import { SourcesContext } from './SourceChip';
import { TextBlock } from './blocks/TextBlock';
import styles from './Sources.module.css';

/** The footnotes of an answer. */
export const Sources = memo(function Sources({ notes, definitions }: SourcesProps) {
  const { t } = useText();
  const [prefix] = useContext(SourcesContext).split(' ');
  return (
    <section className={styles.sources} aria-label={t('source.list')}>
      <p className={styles.sourcesTitle}>{t('source.list')}</p>
      <ol>
        {notes.map(([id, text]) => (
          <li key={id} id={`${prefix}-${id}`} tabIndex={-1}>
            <span className={styles.sourceChip} aria-hidden="true">
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
