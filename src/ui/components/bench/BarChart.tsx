import { useId } from 'react';
import { useText } from '../../useApp';

export interface Bar {
  label: string;
  value: number;
  /** The value as it is read: with its unit. */
  text: string;
  /** Of the run it is compared with. */
  earlier?: { value: number; text: string };
}

interface BarChartProps {
  title: string;
  description: string;
  bars: Bar[];
  /** Where a full bar ends; default: the largest value. */
  max?: number;
}

const ROW = 34;
/** Percent of the width: where bars begin, and how long the longest is; the rest is for labels and values. */
const START = 32;
const LENGTH = 42;

/** Horizontal bars as inline SVG, and the same numbers as a table. Lengths are shares of the width: any screen fits. */
export function BarChart({ title, description, bars, max }: BarChartProps) {
  const { t } = useText();
  const id = useId();
  const compared = bars.some(({ earlier }) => earlier);
  const full = max ?? Math.max(...bars.flatMap(({ value, earlier }) => [value, earlier?.value ?? 0]));
  const width = (value: number) => `${Math.max(0.4, (LENGTH * Math.min(value, full)) / full)}%`;
  const end = (value: number) => `${START + 1 + (LENGTH * Math.min(value, full)) / full}%`;
  return (
    <figure className="bench-chart">
      <figcaption>
        <h3>{title}</h3>
        <p className="quiet">{description}</p>
      </figcaption>
      <svg
        role="img"
        aria-labelledby={`${id}-title ${id}-desc`}
        width="100%"
        height={bars.length * ROW}
        className="bench-bars"
      >
        <title id={`${id}-title`}>{title}</title>
        <desc id={`${id}-desc`}>{bars.map(({ label, text }) => `${label}: ${text}`).join('; ')}</desc>
        {bars.map(({ label, value, text, earlier }, i) => (
          <g key={label} aria-hidden="true">
            <text x={`${START - 2}%`} y={i * ROW + 21} textAnchor="end">
              {label}
            </text>
            <rect x={`${START}%`} y={i * ROW + 7} height={earlier ? 12 : 20} width={width(value)} rx={3} />
            {earlier && (
              <rect
                className="earlier"
                x={`${START}%`}
                y={i * ROW + 21}
                height={6}
                width={width(earlier.value)}
                rx={2}
              />
            )}
            <text className="value" x={end(Math.max(value, earlier?.value ?? 0))} y={i * ROW + 21}>
              {text}
            </text>
          </g>
        ))}
      </svg>
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
