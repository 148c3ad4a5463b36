import { useEffect, useMemo, useState } from 'react';
import {
  diskNeed,
  eyesDownloadBytes,
  eyesPackedBytes,
  downloadSeconds,
  findModel,
  hubsCarrying,
  isPinned,
  LICENCES,
  repoOn,
  type CatalogueModel,
  type Hub,
  type HubKind,
  type Licence,
  type ModelVariant,
} from '../../../../catalogue';
import type { DownloadRequest } from '../../../../store';
import { formatBytes, formatContext, formatDuration } from '../../../i18n/format';
import { useApp, useText } from '../../../useApp';
import { hubFor, useSourceOf } from '../useHub';
import { useCatalogueText, usePrediction } from '../usePrediction';
import { ErrorCard } from '../../../controls/ErrorCard';
import { Modal } from '../../../controls/Modal';
import { SelectField } from '../../../controls/SelectField';
import { downloadSize, variantText } from './CatalogueCard';
import { CheckProgress } from './ComputerCheck';
import { SourceChoice } from './SourceChoice';
import { Verdict } from './Verdict';
import factStyles from '../../../controls/facts.module.css';
import fieldStyles from '../../../controls/fields.module.css';
import styles from './DownloadSheet.module.css';

const savesData = () => (navigator as { connection?: { saveData?: boolean } }).connection?.saveData === true;

/** Download size, time and disk space, as far as known. */
function Costs({ model, variant, eyes }: { model: CatalogueModel; variant: ModelVariant; eyes: boolean }) {
  const texts = useText();
  const { t, language } = texts;
  const speed = useApp((s) => s.catalogue.downloadBytesPerSecond);
  const estimate = useApp((s) => s.storage.estimate);
  const [eyesBytes, packedBytes] = eyes
    ? [eyesDownloadBytes(model, variant), eyesPackedBytes(model, variant)]
    : [0, 0];
  const whole = { ...variant, downloadBytes: variant.downloadBytes + eyesBytes };
  const size = downloadSize(texts, whole);
  const time = speed > 0 ? formatDuration(downloadSeconds(whole, speed), language) : '';
  const neededBytes = diskNeed(variant).totalBytes + packedBytes;
  const needed = formatBytes(neededBytes);
  const freeBytes = estimate ? estimate.quotaBytes - estimate.usageBytes : Infinity;
  const free = formatBytes(freeBytes);
  const tooLarge = neededBytes > freeBytes;
  return (
    <>
      <dl className={factStyles.facts}>
        <div>
          <dt>{t('sheet.size')}</dt>
          <dd>
            {[size, time && t('sheet.time', { time, speed: formatBytes(speed) })].filter(Boolean).join(' · ')}
          </dd>
        </div>
        <div>
          <dt>{t('sheet.space')}</dt>
          <dd>{estimate ? t('sheet.spaceOk', { needed, free }) : t('sheet.spaceUnknown', { needed })}</dd>
        </div>
        <div>
          <dt>{t('sheet.check')}</dt>
          <dd>{t(isPinned(variant) ? 'sheet.checkPinned' : 'sheet.checkPublished')}</dd>
        </div>
      </dl>
      {tooLarge && <p className="warn">{t('sheet.spaceBad', { needed, free })}</p>}
      {savesData() && <p className="warn">{t('sheet.saveData', { size })}</p>}
    </>
  );
}

interface LicenceFieldProps {
  licence: Licence;
  accepted: boolean;
  onAccept: (accepted: boolean) => void;
}

function LicenceField({ licence, accepted, onAccept }: LicenceFieldProps) {
  const { t } = useText();
  const inWords = useCatalogueText();
  const before = useApp((s) => s.preferences.acceptedLicences.includes(licence.id));
  const link = { target: '_blank', rel: 'noopener noreferrer nofollow' };
  return (
    <section className={styles.licence} aria-label={t('sheet.licence')}>
      <h3>
        {t('sheet.licence')} ·{' '}
        <a href={licence.url} {...link}>
          {licence.name}
        </a>
      </h3>
      <p className="quiet">
        {inWords(licence.commercialUse)}{' '}
        {licence.registrationUrl && (
          <a href={licence.registrationUrl} {...link}>
            {t('sheet.register')}
          </a>
        )}
      </p>
      {licence.badge && (
        <p className="quiet">
          {t('sheet.badge')} <strong>{licence.badge}</strong>
        </p>
      )}
      {licence.needsAcceptance && before && <p className="quiet">{t('sheet.accepted')}</p>}
      {licence.needsAcceptance && !before && (
        <label className={fieldStyles.check}>
          <input type="checkbox" checked={accepted} onChange={({ target }) => onAccept(target.checked)} />
          <span>{t('sheet.accept', { licence: licence.name })}</span>
        </label>
      )}
    </section>
  );
}

/** Tries the source before the download, and the other hubs when it does not answer. */
function useTrial(model: CatalogueModel, variant: ModelVariant, hub: Hub | undefined): void {
  const tryHub = useApp((s) => s.desk.tryHub);
  const silent = useApp((s) => hub !== undefined && s.downloads.reach[hub.baseUrl] === false);
  const repo = hub && repoOn(variant, hub);
  useEffect(() => {
    if (hub && repo) void tryHub(hub, repo);
  }, [hub, repo, tryHub]);
  useEffect(() => {
    if (!silent || !hub) return;
    for (const one of model.variants) {
      for (const other of hubsCarrying(one, hub)) {
        const carried = repoOn(one, other);
        if (other.baseUrl !== hub.baseUrl && carried) void tryHub(other, carried);
      }
    }
  }, [silent, hub, model, tryHub]);
}

interface SheetProps {
  request: DownloadRequest;
  model: CatalogueModel;
  variant: ModelVariant;
}

function Sheet({ request, model, variant }: SheetProps) {
  const texts = useText();
  const { t } = texts;
  const startHub = useSourceOf(variant)?.kind ?? 'huggingface';
  const [chosenHub, setChosenHub] = useState<HubKind | null>(null);
  const [ticked, setTicked] = useState(false);
  const [withEyes, setWithEyes] = useState(true);
  const licence = LICENCES[model.licence];
  const accepted = useApp((s) => s.preferences.acceptedLicences.includes(licence.id));
  const mirrorUrl = useApp((s) => s.preferences.mirrorUrl);
  const persisted = useApp((s) => s.storage.persisted);
  const askDownload = useApp((s) => s.desk.askDownload);
  const closeRequest = useApp((s) => s.desk.closeRequest);
  const startDownload = useApp((s) => s.desk.startDownload);
  const acceptLicence = useApp((s) => s.desk.acceptLicence);
  const setPreferences = useApp((s) => s.page.setPreferences);
  const prediction = usePrediction(model, variant);
  const kind = chosenHub ?? startHub;
  const hub = useMemo(() => hubFor(kind, mirrorUrl), [kind, mirrorUrl]);
  useTrial(model, variant, hub);
  const carried = hub !== undefined && repoOn(variant, hub) !== undefined;
  const fitting = prediction?.reasons.find((reason) => reason.code === 'context');
  const eyesBytes = eyesDownloadBytes(model, variant);
  const eyes = withEyes && eyesBytes > 0;
  const size = formatBytes(variant.downloadBytes + (eyes ? eyesBytes : 0));
  const blocked = prediction !== null && !prediction.runs && !fitting;
  const start = () => {
    if (!hub) return;
    if (licence.needsAcceptance) acceptLicence(licence.id);
    if (fitting?.code === 'context') setPreferences({ contextTokens: fitting.contextTokens });
    void startDownload(hub, { eyes });
  };
  return (
    <div className={styles.sheet}>
      <CheckProgress />
      <Verdict model={model} variant={variant} />
      {fitting?.code === 'context' && (
        <p className="quiet">{t('sheet.context', { context: formatContext(fitting.contextTokens) })}</p>
      )}
      <Costs model={model} variant={variant} eyes={eyes} />
      {model.variants.length > 1 && (
        <SelectField
          label={t('sheet.format')}
          value={variant.id}
          onChange={(id) => askDownload(model.id, id)}
        >
          {model.variants.map((row) => (
            <option key={row.id} value={row.id}>
              {variantText(texts, row)}
            </option>
          ))}
        </SelectField>
      )}
      {eyesBytes > 0 && (
        <div>
          <label className={fieldStyles.check}>
            <input
              type="checkbox"
              checked={withEyes}
              aria-describedby="with-eyes-hint"
              onChange={({ target }) => setWithEyes(target.checked)}
            />
            <span>{t('eyes.with', { size: formatBytes(eyesBytes) })}</span>
          </label>
          <p className="quiet" id="with-eyes-hint">
            {t('eyes.withHint')}
          </p>
        </div>
      )}
      <SourceChoice
        model={model}
        variant={variant}
        kind={kind}
        onChange={(next) => {
          setChosenHub(next);
          setPreferences({ hub: next });
        }}
        onElsewhere={(other) => {
          setChosenHub(other.repos.huggingface ? 'huggingface' : 'modelscope'); // for this one: no new preference
          askDownload(model.id, other.id);
        }}
      />
      <LicenceField licence={licence} accepted={ticked} onAccept={setTicked} />
      <p className="quiet">
        {t('sheet.pausable')} {!persisted && t('sheet.persist')}
      </p>
      {request.error && <ErrorCard error={request.error} />}
      <div className={styles.foot} data-sticky-foot>
        <button type="button" className="button" onClick={closeRequest}>
          {t('sheet.cancel')}
        </button>
        <button
          type="button"
          className={blocked ? 'button' : 'button primary'}
          disabled={!carried || request.listing || (licence.needsAcceptance && !accepted && !ticked)}
          onClick={start}
        >
          {request.listing ? t('sheet.listing') : t(blocked ? 'sheet.startAnyway' : 'sheet.start', { size })}
        </button>
      </div>
    </div>
  );
}

/** Shown before a download: costs, prediction, source and licence. */
export default function DownloadSheet() {
  const { t } = useText();
  const request = useApp((s) => s.downloads.request);
  const closeRequest = useApp((s) => s.desk.closeRequest);
  const model = request && findModel(request.modelId);
  const variant = model?.variants.find(({ id }) => id === request?.variantId);
  if (!request || !model || !variant) return null;
  return (
    <Modal title={t('sheet.title', { name: model.name })} side="center" onClose={closeRequest}>
      <Sheet request={request} model={model} variant={variant} />
    </Modal>
  );
}
