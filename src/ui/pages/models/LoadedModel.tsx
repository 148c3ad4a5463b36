import { findByOrigin } from '../../../catalogue';
import { speedOf } from '../../../store';
import { formatBytes, formatCount, formatParameters, formatRate } from '../../i18n/format';
import { useApp, useText } from '../../useApp';
import { originText } from './modelName';
import { useOriginPrediction } from './usePrediction';
import { useModelLabel } from '../chat/Header';
import { EyesOfModel } from './EyesOfModel';
import catalogueCardStyles from './catalogue/CatalogueCard.module.css';
import styles from './LoadedModel.module.css';

/** Measured tokens per second, with the prediction. */
function useSpeedText(origin: string): string | null {
  const { t } = useText();
  const measured = useApp((s) => s.catalogue.measured[origin]);
  const prediction = useOriginPrediction(origin);
  if (!measured) return null;
  const rate = formatRate(measured.tokensPerSecond);
  return prediction
    ? t('model.speedBoth', { rate, predicted: formatRate(prediction.tokensPerSecond) })
    : t('model.speed', { rate });
}

/** Memory and time of the last answer. */
function LastAnswer() {
  const { t } = useText();
  const run = useApp((s) => s.lastRun);
  if (!run?.gpuBytes || run.kvBytes === undefined) return null;
  const memory = t('state.memory', { gpu: formatBytes(run.gpuBytes), kv: formatBytes(run.kvBytes) });
  const speed = speedOf(run);
  const last = t('state.last', {
    seconds: (run.prefillMs / 1000).toFixed(1),
    rate: formatRate(speed),
  });
  return <p>{[memory, speed > 0 && last].filter(Boolean).join(' · ')}</p>;
}

/** The model in use: size, context, memory, speed, licence, remarks of the importer. */
export function LoadedModel() {
  const { t, language } = useText();
  const info = useApp((s) => s.model.info);
  const device = useApp((s) => s.catalogue.device);
  const label = useModelLabel();
  const speed = useSpeedText(info?.origin ?? '');
  if (!info) return null;
  const details = t('model.details', {
    params: formatParameters(info.parameters, language),
    context: formatCount(info.contextTokens, language),
    gpu: formatBytes(info.gpuBytes),
  });
  const gpuName = device && (device.description || `${device.vendor} ${device.architecture}`.trim());
  const { licence } = info;
  return (
    <section className={styles.loaded} aria-label={t('model.inUseHeading')}>
      <h3>
        {label}
        {info.fromPack && ` · ${t('stored.fromFile', { file: originText(info.origin, '') })}`}
        {findByOrigin(info.origin) && ` · ${findByOrigin(info.origin)?.variant.label}`}
      </h3>
      <p>{[details, gpuName && t('model.gpu', { name: gpuName })].filter(Boolean).join(' · ')}</p>
      <LastAnswer />
      {(speed || licence.url) && (
        <p>
          {speed}
          {speed && licence.url && ' · '}
          {licence.url && (
            <a href={licence.url} target="_blank" rel="noopener noreferrer nofollow">
              {t('model.licence', { name: licence.name })}
            </a>
          )}
          {licence.badge && (
            <>
              {' · '}
              <span className={catalogueCardStyles.fact}>{licence.badge}</span>
            </>
          )}
        </p>
      )}
      <EyesOfModel info={info} />
      {device?.software && <p className="warn">{t('model.software')}</p>}
      {info.warnings.length > 0 && (
        <details>
          <summary>{t('model.warnings')}</summary>
          <ul lang="en">
            {info.warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
