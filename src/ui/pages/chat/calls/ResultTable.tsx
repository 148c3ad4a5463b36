import { memo, useId } from 'react';
import type { TablePart } from '../../../../store';
import { formatCount } from '../../../i18n/format';
import { useCallText } from './callState';
import styles from './ResultTable.module.css';

const NUMBER = /^[-+−]?[\d,]*\.?\d+(?:e[-+]?\d+)?%?$|^(?:nan|inf|-inf|none|null|)$/i;

/** A table of numbers is read from the right. */
const isNumeric = ({ rows }: TablePart, column: number): boolean =>
  rows.length > 0 &&
  rows.every((row) => NUMBER.test(row[column]?.trim() ?? '')) &&
  rows.some((row) => /\d/.test(row[column] ?? ''));

/** A table as a tool returned it: its first rows, with the headings in view. */
export const ResultTable = memo(function ResultTable({ table }: { table: TablePart }) {
  const { t, language } = useCallText();
  const noteId = useId();
  const { columns, rows, totalRows } = table;
  const numeric = columns.map((_, column) => column > 0 && isNumeric(table, column));
  const count = (value: number) => formatCount(value, language);
  return (
    <>
      <div
        className={styles.scroll}
        role="group"
        aria-label={t('table')}
        aria-describedby={noteId}
        tabIndex={0}
      >
        <table>
          <thead>
            <tr>
              {columns.map((name, column) =>
                column === 0 && name === '' ? (
                  <td key={column} />
                ) : (
                  <th key={column} scope="col" className={numeric[column] ? styles.number : undefined}>
                    {name}
                  </th>
                ),
              )}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <tr key={index}>
                {row.map((cell, column) =>
                  column === 0 ? (
                    <th key={column} scope="row">
                      {cell}
                    </th>
                  ) : (
                    <td key={column} className={numeric[column] ? styles.number : undefined}>
                      {cell}
                    </td>
                  ),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="quiet" id={noteId}>
        {rows.length < totalRows
          ? t('tablePart', { shown: count(rows.length), count: count(totalRows) })
          : t('tableRows', { count: count(totalRows) })}
      </p>
    </>
  );
});
