import { useRef } from 'react';
import { eyesDownloadBytes, seeingModelOf } from '../../../catalogue';
import type { ModelInfo } from '../../../store';
import { formatBytes } from '../../i18n/format';
import { useApp, useText } from '../../useApp';
import { useHub } from './useHub';

/** What the model in use sees with, or how it gets its eyes; nothing for a model that reads text alone. */
export function EyesOfModel({ info }: { info: ModelInfo }) {
  const { t } = useText();
  const input = useRef<HTMLInputElement>(null);
  const hub = useHub();
  const busy = useApp((s) => s.model.incoming !== null);
  const openFiles = useApp((s) => s.desk.openFiles);
  const downloadEyes = useApp((s) => s.desk.downloadEyes);
  const { eyes } = info;
  if (eyes === undefined) return null;
  if (eyes) return <p>{t('eyes.has', { name: eyes.name, size: formatBytes(eyes.packedBytes) })}</p>;
  const known = seeingModelOf(info);
  return (
    <>
      <p className="warn">{t('eyes.missing')}</p>
      <input
        ref={input}
        type="file"
        hidden
        data-testid="eyes-file"
        onChange={({ target }) => {
          const files = [...(target.files ?? [])];
          target.value = '';
          if (files.length > 0) openFiles(files);
        }}
      />
      <div className="button-row">
        {known && (
          <button
            type="button"
            className="button small primary"
            disabled={busy}
            onClick={() => void downloadEyes(hub)}
          >
            {t('eyes.get', { size: formatBytes(eyesDownloadBytes(known.model, known.variant)) })}
          </button>
        )}
        <button type="button" className="button small" disabled={busy} onClick={() => input.current?.click()}>
          {t('eyes.fromFile')}
        </button>
      </div>
    </>
  );
}
