import { useEffect, useRef, useState } from 'react';
import { toWireError, type WireError } from '../../../shared/errors';
import { installPython, pythonParts, removePython, type PythonPart } from '../../../store';
import { ErrorCard } from '../../controls/ErrorCard';
import { SaveIcon } from '../../controls/icons';
import { formatBytes, formatList } from '../../i18n/format';
import { TOOL_TEXTS } from '../../i18n/toolTexts';
import { useTextsOf } from '../../useApp';
import styles from './PythonDownload.module.css';

interface Progress {
  doneBytes: number;
  totalBytes: number;
}

/** What Python still needs from another host, with its size; downloaded only by a press of the button. */
export function PythonDownload() {
  const { t, language } = useTextsOf(TOOL_TEXTS);
  const [parts, setParts] = useState<PythonPart[] | null>(null);
  const [progress, setProgress] = useState<Progress | null>(null);
  const [error, setError] = useState<WireError | null>(null);
  const running = useRef<AbortController | null>(null);
  const fail = (reason: unknown) => setError(toWireError(reason));
  useEffect(() => {
    pythonParts().then(setParts, fail);
  }, []);
  if (!parts) return error && <ErrorCard error={error} />;
  const missing = parts.filter(({ state }) => state === 'missing');
  const hasKept = parts.some(({ state }) => state === 'kept');
  // Parts share files: the sum is an upper bound.
  const size = formatBytes(missing.reduce((sum, { missingBytes }) => sum + missingBytes, 0));
  const refresh = async () => setParts(await pythonParts());

  const download = async () => {
    const controller = (running.current = new AbortController());
    setError(null);
    setProgress({ doneBytes: 0, totalBytes: 0 });
    try {
      await installPython(setProgress, controller.signal);
    } catch (reason) {
      if (!controller.signal.aborted) fail(reason);
    }
    setProgress(null);
    await refresh();
  };
  if (progress) {
    const share = progress.totalBytes > 0 ? progress.doneBytes / progress.totalBytes : 0;
    return (
      <div className={styles.download}>
        <div
          className={share > 0 ? 'progress' : 'progress unknown'}
          role="progressbar"
          aria-label={t('progress')}
          aria-valuenow={Math.round(share * 100)}
        >
          <span style={share > 0 ? { width: `${share * 100}%` } : undefined} />
        </div>
        <div className={styles.row}>
          <span className="quiet">
            {t('part', { done: formatBytes(progress.doneBytes), total: formatBytes(progress.totalBytes) })}
          </span>
          <button type="button" className="text-button" onClick={() => running.current?.abort()}>
            {t('cancel')}
          </button>
        </div>
      </div>
    );
  }
  return (
    <div className={styles.download}>
      {error && <ErrorCard error={error} />}
      {missing.length > 0 ? (
        <>
          <p className="quiet">
            {t('needs', {
              parts: formatList(
                missing.map(({ name }) => name),
                language,
              ),
              hosts: [...new Set(missing.flatMap(({ host }) => host.split(', ')))].join(', '),
            })}
          </p>
          <button type="button" className="button small" onClick={() => void download()}>
            <SaveIcon />
            {t('download', { size })}
          </button>
        </>
      ) : (
        <p className="quiet">{t(hasKept ? 'kept' : 'ready')}</p>
      )}
      {hasKept && (
        <button type="button" className="text-button" onClick={() => void removePython().then(refresh, fail)}>
          {t('remove')}
        </button>
      )}
    </div>
  );
}
