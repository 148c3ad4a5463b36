import { median, streamShare, type BenchReport } from '../../../store';
import { formatBytes, formatCount, formatRate } from '../../i18n/format';
import { useText, type Texts } from '../../useApp';
import { BarChart, type Bar } from './BarChart';
import styles from './BenchResult.module.css';

interface BenchResultProps {
  report: BenchReport;
  /** An earlier run, drawn beneath. */
  earlier: BenchReport | null;
}

const rateOf = (tokens: number, ms: number[]) => (1000 * tokens) / median(ms);
const readableMs = (ms: number) => (ms >= 10 ? ms.toFixed(0) : ms.toPrecision(2));

/** Bars of a report by label, to pair them with those of another run. */
type Bars = Omit<Bar, 'earlier'>[];

function prefillBars({ t, language }: Texts, { prefill }: BenchReport): Bars {
  return prefill.map(({ tokens, ms }) => {
    const value = rateOf(tokens, ms);
    return {
      label: t('bench.tokens', { tokens: formatCount(tokens, language) }),
      value,
      text: t('bench.rate', { rate: formatRate(value) }),
    };
  });
}

function decodeBars({ t, language }: Texts, { decode }: BenchReport): Bars {
  return decode.map(({ depth, msPerToken }) => {
    const value = rateOf(1, msPerToken);
    return {
      label: t('bench.depth', { tokens: formatCount(depth, language) }),
      value,
      text: t('bench.rate', { rate: formatRate(value) }),
    };
  });
}

function turnBars({ t }: Texts, { turns }: BenchReport): Bars {
  if (!turns) return [];
  const bar = (label: string, ms: number[]) => ({
    label,
    value: median(ms),
    text: t('bench.ms', { ms: readableMs(median(ms)) }),
  });
  return [
    bar(t('bench.firstTurn', { tokens: turns.chat }), turns.firstMs),
    bar(t('bench.secondTurn', { tokens: turns.next }), turns.nextMs),
  ];
}

function shareBars({ t }: Texts, report: BenchReport): Bars {
  const share = streamShare(report);
  if (share === null) return [];
  return [{ label: t('bench.weights'), value: share, text: `${(100 * share).toFixed(0)} %` }];
}

function kernelBars({ t }: Texts, { passes }: BenchReport, numTokens: number): Bars {
  const pass = passes.find((candidate) => candidate.numTokens === numTokens);
  return (pass?.kernels ?? []).map(({ name, ms }) => ({
    label: name,
    value: ms,
    text: t('bench.ms', { ms: readableMs(ms) }),
  }));
}

/** The headline figures. */
function Headline({ report }: { report: BenchReport }) {
  const { t, language } = useText();
  const { decode, prefill, turns, passes, gpuBytes, streamBytesPerSecond, load } = report;
  const share = streamShare(report);
  const best = prefill.length > 0 ? Math.max(...prefill.map(({ tokens, ms }) => rateOf(tokens, ms))) : null;
  const pass = passes.find(({ numTokens }) => numTokens === 1);
  const facts: [string, string | null][] = [
    [
      t('bench.decodeNow'),
      decode.length > 0 ? t('bench.rate', { rate: formatRate(rateOf(1, decode[0].msPerToken)) }) : null,
    ],
    [t('bench.prefillNow'), best === null ? null : t('bench.rate', { rate: formatRate(best) })],
    [t('bench.nextTurn'), turns && t('bench.ms', { ms: readableMs(median(turns.nextMs)) })],
    [t('bench.shareNow'), share === null ? null : `${(100 * share).toFixed(0)} %`],
    [t('bench.stream'), t('bench.perSecond', { bytes: formatBytes(streamBytesPerSecond) })],
    [t('bench.coldLoad'), load?.coldMs ? t('bench.ms', { ms: readableMs(load.coldMs) }) : null],
    [t('bench.warmLoad'), load ? t('bench.ms', { ms: readableMs(load.warmMs) }) : null],
    [t('bench.gpu'), formatBytes(gpuBytes)],
    [t('bench.dispatches'), pass ? formatCount(pass.dispatches, language) : null],
  ];
  return (
    <dl className={styles.facts}>
      {facts.map(
        ([name, value]) =>
          value !== null && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

/** One run: its headline, a chart per subject, what was left out. */
export function BenchResult({ report, earlier }: BenchResultProps) {
  const texts = useText();
  const { t, language } = texts;
  const { adapter, skipped } = report;
  const charts: { title: string; description: string; max?: number; bars: (of: BenchReport) => Bars }[] = [
    {
      title: t('bench.prefillChart'),
      description: t('bench.prefillDesc'),
      bars: (of) => prefillBars(texts, of),
    },
    {
      title: t('bench.decodeChart'),
      description: t('bench.decodeDesc'),
      bars: (of) => decodeBars(texts, of),
    },
    { title: t('bench.turnChart'), description: t('bench.turnDesc'), bars: (of) => turnBars(texts, of) },
    {
      title: t('bench.shareChart'),
      description: t('bench.shareDesc'),
      max: 1,
      bars: (of) => shareBars(texts, of),
    },
    ...report.passes.map(({ numTokens }) => ({
      title: t('bench.kernelChart', { tokens: numTokens }),
      description: t('bench.kernelDesc'),
      bars: (of: BenchReport) => kernelBars(texts, of, numTokens),
    })),
  ];
  const gpu = [adapter.vendor, adapter.architecture, adapter.description].filter(Boolean).join(' ');
  return (
    <>
      <p className="quiet bench-device">
        {gpu}
        {adapter.software && ` (${t('bench.software')})`}
      </p>
      <Headline report={report} />
      {charts.map(({ title, description, max, bars }) => {
        const before = new Map((earlier ? bars(earlier) : []).map((bar) => [bar.label, bar]));
        const joined = bars(report).map((bar): Bar => ({ ...bar, earlier: before.get(bar.label) }));
        return joined.length > 0 && <BarChart key={title} {...{ title, description, max }} bars={joined} />;
      })}
      {skipped.length > 0 && (
        <p className="quiet">
          {t('bench.skipped', {
            list: skipped
              .map(({ what, tokens, why }) =>
                t(why === 'context' ? 'bench.skippedContext' : 'bench.skippedTime', {
                  what: t(`bench.skipped.${what}`, { tokens: formatCount(tokens, language) }),
                }),
              )
              .join(language === 'zh-CN' ? '、' : ', '),
          })}
        </p>
      )}
    </>
  );
}
