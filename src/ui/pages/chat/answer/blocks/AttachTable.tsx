import { useContext } from 'react';
import { currentAttachments } from '../../../../../store';
import { tableCsv } from '../../../../markdown/tables';
import { focusComposer } from '../../../../shell/usePage';
import { StoreContext, useApp, useText } from '../../../../useApp';

/** Hands a table of an answer to the next message as a CSV file, which Python finds in /mnt/data. */
export default function AttachTable({ head, rows }: { head: string; rows: string[] }) {
  const { t } = useText();
  const store = useContext(StoreContext);
  const attachFiles = useApp((s) => s.attachFiles);
  const attach = () => {
    const taken = store ? currentAttachments(store.getState()).map(({ name }) => name) : [];
    const nameOf = (number: number) => (number > 1 ? `table-${number}.csv` : 'table.csv');
    let number = 1;
    while (taken.includes(nameOf(number))) number++;
    attachFiles([new File([tableCsv(head, rows)], nameOf(number), { type: 'text/csv' })]);
    focusComposer();
  };
  return (
    <button type="button" className="text-button" title={t('table.attachHint')} onClick={attach}>
      {t('table.attach')}
    </button>
  );
}
