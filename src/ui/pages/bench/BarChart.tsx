import type { CSSProperties } from 'react';
import { useText } from '../../useApp';
import styles from './BarChart.module.css';

export interface Bar {
  label: string;
  value: number;
  /** The value with its unit. */
  text: string;
  /** The same value of the run to compare with. */
  earlier?: { value: number; text: string };
}

interface BarChartProps {
  title: string;
  description: string;
  bars: Bar[];
  /** Where a full bar ends; default: the largest value. */
  max?: number;
}

/** Horizontal bars, and the same numbers as a table. On a narrow screen a label stands above its bar. */
export function BarChart({ title, description, bars, max }: BarChartProps) {
  const { t } = useText();
  const compared = bars.some(({ earlier }) => earlier);
  const full = max ?? Math.max(...bars.flatMap(({ value, earlier }) => [value, earlier?.value ?? 0]));
  const length = (value: number) => ({ '--share': Math.min(1, value / full) }) as CSSProperties;
  const spoken = bars.map(({ label, text }) => `${label}: ${text}`).join('; ');
  return (
    <figure className={styles.chart}>
      <figcaption>
        <h3>{title}</h3>
        <p className="quiet">{description}</p>
      </figcaption>
      {compared && (
        <p className={styles.legend} aria-hidden="true">
          <span>{t('bench.value')}</span>
          <span className={styles.earlier}>{t('bench.earlier')}</span>
        </p>
      )}
      <div role="img" aria-label={`${title}. ${spoken}`} className={styles.bars}>
        {bars.map(({ label, value, text, earlier }) => (
          <div key={label} className={styles.bar}>
            <span className={styles.barLabel}>{label}</span>
            <span className={styles.barLengths}>
              <span className={styles.barLength} style={length(value)} />
              {earlier && (
                <span className={`${styles.barLength} ${styles.earlier}`} style={length(earlier.value)} />
              )}
            </span>
            <span className={styles.barValue}>{text}</span>
          </div>
        ))}
      </div>
      <details>
        <summary>{t('bench.asTable')}</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('bench.what.column')}</th>
              <th scope="col">{t('bench.value')}</th>
              {compared && <th scope="col">{t('bench.earlier')}</th>}
            </tr>
          </thead>
          <tbody>
            {bars.map(({ label, text, earlier }) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                <td>{text}</td>
                {compared && <td>{earlier?.text ?? '–'}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}
