import { downloading, type DeviceProbe } from '../../../../store';
import { formatBytes, formatDate } from '../../../i18n/format';
import { useApp, useText } from '../../../useApp';
import { useProbe, useSuggestion } from '../usePrediction';
import { ErrorCard } from '../../../controls/ErrorCard';
import styles from './ComputerCheck.module.css';

/** Progress of the check; the download sheet shows it too. */
export function CheckProgress() {
  const { t } = useText();
  const fraction = useApp((s) => s.catalogue.probing);
  if (fraction === null) return null;
  return (
    <div className={styles.progress}>
      <span role="status">{t('check.running')}</span>
      <div
        className="progress"
        role="progressbar"
        aria-label={t('check.running')}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(fraction * 100)}
      >
        <span style={{ width: `${fraction * 100}%` }} />
      </div>
    </div>
  );
}

function Findings({ probe }: { probe: DeviceProbe }) {
  const { t, language } = useText();
  const checkComputer = useApp((s) => s.desk.checkComputer);
  const busy = useApp((s) => downloading(s) !== '');
  const { device, allocatableBytes, allocationCapped, storage, measuredAt } = probe;
  const gpu = device.description || `${device.vendor} ${device.architecture}`.trim() || t('check.unknownGpu');
  const memory = formatBytes(allocatableBytes);
  const free = formatBytes(storage.quotaBytes - storage.usageBytes);
  const parts = [
    t(allocationCapped ? 'check.gpu' : 'check.gpuLimit', { gpu, memory }),
    t('check.disk', { free }),
    t('check.date', { date: formatDate(measuredAt, language) }),
  ];
  return (
    <div className={styles.found}>
      <p className="quiet">{parts.join(' · ')}</p>
      <button type="button" className="text-button" disabled={busy} onClick={() => void checkComputer()}>
        {t('check.again')}
      </button>
    </div>
  );
}

/** The check of this computer, and its result. */
export function ComputerCheck() {
  const { t } = useText();
  const { probing, probeError } = useApp((s) => s.catalogue);
  const probe = useProbe();
  const checkComputer = useApp((s) => s.desk.checkComputer);
  const busy = useApp((s) => downloading(s) !== '');
  const suggestion = useSuggestion();
  const check = () => void checkComputer();
  if (probeError) {
    return <ErrorCard error={probeError} actions={[{ label: t('action.retry'), run: check }]} />;
  }
  if (probing !== null) return <CheckProgress />;
  if (probe) {
    return (
      <>
        <Findings probe={probe} />
        {suggestion === null && <p className="warn">{t('check.noneFits')}</p>}
      </>
    );
  }
  return (
    <div className={styles.card}>
      <div>
        <strong>{t('check.title')}</strong>
        <p>{t('check.what')}</p>
      </div>
      <button type="button" className="button primary" disabled={busy} onClick={check}>
        {t('check.run')}
      </button>
    </div>
  );
}
