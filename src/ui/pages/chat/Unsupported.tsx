import { useErrorText } from '../../useErrorText';
import { useApp, useText, type TextKey } from '../../useApp';
import { AlertIcon } from '../../controls/icons';
import styles from './Unsupported.module.css';

const BROWSERS: TextKey[] = [
  'unsupported.chrome',
  'unsupported.safari',
  'unsupported.firefox',
  'unsupported.linux',
];
const CHECKS: TextKey[] = [
  'unsupported.checkHardware',
  'unsupported.checkDriver',
  'unsupported.checkSecure',
  'unsupported.checkStatus',
];

/** Shown without WebGPU or a usable GPU: the reason, and browsers that work. */
export function Unsupported() {
  const { t } = useText();
  const errorText = useErrorText();
  const error = useApp((s) => s.model.error);
  return (
    <section className={styles.unsupported} aria-labelledby="unsupported-title">
      <h1 id="unsupported-title">
        <AlertIcon />
        {t('unsupported.title')}
      </h1>
      <p>{t('unsupported.body')}</p>
      {!isSecureContext && (
        <p className={styles.reason}>{t('unsupported.insecure', { address: location.host })}</p>
      )}
      {error && <p className={styles.reason}>{errorText(error).what}</p>}
      <h2>{t('unsupported.browsers')}</h2>
      <ul>
        {BROWSERS.map((key) => (
          <li key={key}>{t(key)}</li>
        ))}
      </ul>
      <h2>{t('unsupported.check')}</h2>
      <ul>
        {CHECKS.map((key) => (
          <li key={key}>{t(key)}</li>
        ))}
      </ul>
      <button type="button" className="button primary" onClick={() => location.reload()}>
        {t('action.reloadPage')}
      </button>
    </section>
  );
}
