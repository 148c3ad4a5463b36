import { useEffect, useState } from 'react';
import type { LoadProgress } from '../../../../store';
import { useText, type Texts } from '../../../useApp';
import loadCardStyles from './LoadCard.module.css';

type Retry = NonNullable<LoadProgress['retry']>;

/** Short reason why a download waits. */
function reasonText({ t }: Texts, { error }: Retry): string {
  const status = Number(error.details.status);
  if (error.code === 'http-error') {
    return t(status === 429 ? 'load.retryBusy' : 'load.retryServer', { status });
  }
  if (error.code === 'not-a-file') return t('load.retryPage');
  if (error.code === 'network' || error.code === 'connection-lost') return t('load.retryNetwork');
  return t('load.retryOther');
}

/**
 * Counts down to the next attempt. Give it a key of the attempt: a new one begins its own countdown. Screen readers
 * hear the reason once, not every second.
 */
export function RetryLine({ retry }: { retry: Retry }) {
  const texts = useText();
  const [left, setLeft] = useState(Math.ceil(retry.inSeconds));
  useEffect(() => {
    const timer = setInterval(() => setLeft((seconds) => Math.max(0, seconds - 1)), 1000);
    return () => clearInterval(timer);
  }, []);
  const reason = reasonText(texts, retry);
  return (
    <p className={loadCardStyles.retry}>
      <span className="visually-hidden" role="status">
        {reason}
      </span>
      <span aria-hidden="true">
        {left > 0 ? texts.t('load.retryIn', { reason, seconds: left }) : texts.t('load.retryNow', { reason })}
      </span>
    </p>
  );
}
