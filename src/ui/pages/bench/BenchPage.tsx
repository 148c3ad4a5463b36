// The page at #/bench: measure the loaded model, look at the charts, compare with earlier runs on this device.
import { useEffect, useRef, useState } from 'react';
import { currentChat, type BenchReport } from '../../../store';
import { formatCount, formatDuration } from '../../i18n/format';
import { formatRoute } from '../../route';
import { useApp, useText, type Texts } from '../../useApp';
import { Choice } from '../../controls/Choice';
import { SelectField } from '../../controls/SelectField';
import { CopyButton } from '../../controls/CopyButton';
import { ErrorCard } from '../../controls/ErrorCard';
import { LoadCard } from '../models/cards/LoadCard';
import ModelError from '../models/cards/ModelError';
import { BenchResult } from './BenchResult';
import { DeviceCheck } from './DeviceCheck';
import styles from './BenchPage.module.css';

function runName({ t, language }: Texts, { model, date }: BenchReport): string {
  const format = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
  return t('bench.runName', { model: model.name, date: format.format(new Date(date)) });
}

/** Model, length and start button; while a run is in progress, its progress and a stop button. */
function Controls() {
  const texts = useText();
  const { t, language } = texts;
  const { progress, error } = useApp((s) => s.bench);
  const info = useApp((s) => (s.model.status === 'ready' ? s.model.info : null));
  const busy = useApp((s) => s.turn !== null);
  const checking = useApp((s) => s.bench.check?.running === true);
  const startBench = useApp((s) => s.desk.startBench);
  const stopBench = useApp((s) => s.desk.stopBench);
  const openModels = useApp((s) => s.openModels);
  const [length, setLength] = useState<'quick' | 'full'>('quick');
  const step =
    progress && t(`bench.step.${progress.step}`, { tokens: formatCount(progress.tokens, language) });
  const left = progress && formatDuration(progress.secondsLeft, language);
  return (
    <section className={styles.controls} aria-label={t('bench.title')}>
      <p>{t('bench.intro')}</p>
      <div className={styles.model}>
        <span className="quiet">{t('bench.model')}</span>
        <strong>{info?.name ?? t('model.none')}</strong>
        <button
          type="button"
          className="button small"
          disabled={progress !== null}
          onClick={() => openModels()}
        >
          {t('model.choose')}
        </button>
      </div>
      <LoadCard />
      <ModelError />
      {error && <ErrorCard error={error} />}
      {progress === null ? (
        <>
          <Choice
            legend={t('bench.length')}
            name="bench-length"
            value={length}
            options={[
              { value: 'quick', label: t('bench.quick') },
              { value: 'full', label: t('bench.full') },
            ]}
            onChange={setLength}
          />
          <p className="quiet">{t(length === 'quick' ? 'bench.quickHint' : 'bench.fullHint')}</p>
          <button
            type="button"
            className="button primary"
            disabled={!info || busy || checking}
            onClick={() => void startBench(length)}
          >
            {t('bench.start')}
          </button>
          {!info && <p className="quiet">{t('bench.noModel')}</p>}
          {busy && <p className="quiet">{t('bench.busy')}</p>}
        </>
      ) : (
        <div className={styles.progress}>
          <p role="status">{step}</p>
          <progress aria-label={t('bench.progress')} value={progress.fraction} max={1} />
          <p className="quiet">{left && t('bench.left', { time: left })}</p>
          <button type="button" className="button" onClick={stopBench}>
            {t('bench.stop')}
          </button>
        </div>
      )}
    </section>
  );
}

interface RunSelectProps {
  label: string;
  reports: BenchReport[];
  value: string;
  /** Text of the empty option; without it, an option must be chosen. */
  none?: string;
  onChange: (date: string) => void;
}

function RunSelect({ label, reports, value, none, onChange }: RunSelectProps) {
  const texts = useText();
  return (
    <SelectField label={label} value={value} onChange={onChange}>
      {none !== undefined && <option value="">{none}</option>}
      {reports.map((report) => (
        <option key={report.date} value={report.date}>
          {runName(texts, report)}
        </option>
      ))}
    </SelectField>
  );
}

/** The stored runs: shows one, and compares it with another. */
function Results() {
  const { t } = useText();
  const { reports } = useApp((s) => s.bench);
  const deleteBench = useApp((s) => s.desk.deleteBench);
  const [chosen, setChosen] = useState<string | null>(null);
  const [compared, setCompared] = useState('');
  if (reports.length === 0) return <p className="quiet">{t('bench.none')}</p>;
  const report = reports.find(({ date }) => date === chosen) ?? reports[0];
  const others = reports.filter((other) => other !== report);
  return (
    <section className={styles.results} aria-label={t('bench.result')}>
      <div className={styles.toolbar}>
        <RunSelect label={t('bench.run')} reports={reports} value={report.date} onChange={setChosen} />
        {others.length > 0 && (
          <RunSelect
            label={t('bench.compare')}
            reports={others}
            value={compared}
            none={t('bench.compareNone')}
            onChange={setCompared}
          />
        )}
        <CopyButton
          text={() => JSON.stringify(report, null, 1)}
          label={t('bench.copy')}
          doneLabel={t('bench.copied')}
          withText
        />
        <button type="button" className="button small" onClick={() => deleteBench(report.date)}>
          {t('bench.delete')}
        </button>
      </div>
      <BenchResult report={report} earlier={others.find(({ date }) => date === compared) ?? null} />
    </section>
  );
}

/** The benchmark page, loaded lazily. */
export default function BenchPage() {
  const { t } = useText();
  const newest = useApp((s) => s.bench.reports[0]?.date);
  const chatId = useApp((s) => (currentChat(s).messages.length > 0 ? s.currentId : null));
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <main className={styles.bench}>
      <div className={styles.column}>
        <a href={formatRoute({ page: 'chat', chatId })} className={styles.back}>
          ← {t('bench.back')}
        </a>
        <h1 ref={heading} tabIndex={-1}>
          {t('bench.title')}
        </h1>
        <Controls />
        <Results key={newest} /> {/* a new run is shown at once */}
        <DeviceCheck />
      </div>
    </main>
  );
}
