import type { CheckState, KernelCheck } from '../../../store';
import { ReportButton } from '../../controls/ReportButton';
import { checkText } from '../../i18n/checkTexts';
import { formatCount, type Language } from '../../i18n/format';
import { useApp, useText } from '../../useApp';
import page from './BenchPage.module.css';
import styles from './DeviceCheck.module.css';

function Outcome({ check }: { check: CheckState }) {
  const { language } = useText();
  const { kernels, total, running, ended } = check;
  const wrong = kernels.filter(({ right }) => !right).length;
  const counts = {
    count: formatCount(kernels.length, language),
    total: formatCount(total, language),
    wrong: formatCount(wrong, language),
  };
  if (running || kernels.length === 0) return null;
  const key = !ended ? 'stopped' : wrong > 0 ? 'someWrong' : 'allRight';
  return (
    <p className={wrong > 0 ? styles.bad : undefined} role="status">
      {checkText(language, key, counts)}
    </p>
  );
}

function resultOf(language: Language, { right, failure }: KernelCheck): string {
  return checkText(language, failure ? 'refused' : right ? 'right' : 'wrong');
}

function readable(value: number): string {
  if (!Number.isFinite(value)) return '∞';
  return value > 0 && value < 1e-3 ? value.toExponential(1) : value.toPrecision(2);
}

/** All kernels checked, the wrong ones first. */
function KernelTable({ kernels }: { kernels: KernelCheck[] }) {
  const { language } = useText();
  const rows = [...kernels].sort((a, b) => Number(a.right) - Number(b.right));
  const text = (key: Parameters<typeof checkText>[1]) => checkText(language, key);
  return (
    <details className={styles.details} open={rows.length > 0 && !rows[0].right}>
      <summary>{text('table')}</summary>
      <div className={styles.scroller} tabIndex={0} role="region" aria-label={text('table')}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{text('kernel')}</th>
              <th scope="col">{text('result')}</th>
              <th scope="col">{text('difference')}</th>
              <th scope="col">{text('allowed')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.kernel} className={row.right ? undefined : styles.bad}>
                <th scope="row">{row.kernel}</th>
                <td>{resultOf(language, row)}</td>
                <td>{readable(row.difference)}</td>
                <td>{readable(row.allowed)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

/** Checks every kernel of this device: progress, the outcome, a table, and a report to copy. */
export function DeviceCheck() {
  const { t, language } = useText();
  const check = useApp((s) => s.bench.check);
  const benchmarking = useApp((s) => s.bench.progress !== null);
  const busy = useApp((s) => s.turn !== null);
  const checkDevice = useApp((s) => s.desk.checkDevice);
  const stop = useApp((s) => s.desk.stopBench);
  const text = (key: Parameters<typeof checkText>[1], vars?: Record<string, string>) =>
    checkText(language, key, vars);
  const done = check?.kernels.length ?? 0;
  const total = check?.total ?? 0;
  const counts = { done: formatCount(done, language), total: formatCount(total, language) };
  return (
    <section className={page.results} aria-label={text('title')}>
      <h2>{text('title')}</h2>
      <p>{text('intro')}</p>
      {check?.running ? (
        <div className={page.progress}>
          <p>{total > 0 ? text('running', counts) : text('preparing')}</p>
          <progress aria-label={text('progress')} value={total > 0 ? done / total : undefined} max={1} />
          <button type="button" className="button" onClick={stop}>
            {text('stop')}
          </button>
        </div>
      ) : (
        <button
          type="button"
          className="button"
          disabled={busy || benchmarking}
          onClick={() => void checkDevice()}
        >
          {text(check ? 'again' : 'start')}
        </button>
      )}
      {busy && <p className="quiet">{t('bench.busy')}</p>}
      {check && <Outcome check={check} />}
      {check && done > 0 && <KernelTable kernels={check.kernels} />}
      <ReportButton />
      <p className="quiet">{text('reportHint')}</p>
    </section>
  );
}
