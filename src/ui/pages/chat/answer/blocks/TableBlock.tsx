import { memo, useContext, useState } from 'react';
import { formatCount } from '../../../../i18n/format';
import { lazyView } from '../../../../lazyPart';
import { useText } from '../../../../useApp';
import { AnswerContext } from '../answerContext';
import { TextBlock } from './TextBlock';
import styles from './TableBlock.module.css';

const AttachTable = lazyView(() => import('./AttachTable'));

/** Rows shown at first, and added by each press of the button. */
const PAGE = 100;
/** Characters in the rows shown. */
const MAX_TABLE = 200_000;

interface TableBlockProps {
  /** The first two lines: column names and delimiter row. */
  head: string;
  rows: string[];
  definitions: string;
  /** Its last row is being written. */
  live: boolean;
}

/** A table; a long one in portions, each parsed on its own. */
export const TableBlock = memo(function TableBlock({ head, rows, definitions, live }: TableBlockProps) {
  const { t, language } = useText();
  const [shown, setShown] = useState(PAGE);
  const { messageId, live: writing } = useContext(AnswerContext);
  const more = rows.length - shown;
  return (
    <>
      <TextBlock
        text={[head, ...rows.slice(0, shown)].join('\n')}
        definitions={definitions}
        live={live && more <= 0}
        maxLength={MAX_TABLE}
      />
      <p className={styles.under}>
        {more > 0 && (
          <button type="button" className="text-button" onClick={() => setShown(shown + PAGE * 5)}>
            {t('markdown.moreRows', { count: formatCount(more, language) })}
          </button>
        )}
        {messageId && !writing && rows.length > 0 && <AttachTable head={head} rows={rows} />}
      </p>
    </>
  );
});
