import {
  eyesDownloadBytes,
  gpuNeed,
  hubsCarrying,
  LICENCES,
  originOfVariant,
  pictureSeconds,
  type CatalogueModel,
  type ModelVariant,
} from '../../../../catalogue';
import { downloading } from '../../../../store';
import { formatBytes, formatContext, formatDuration, formatList } from '../../../i18n/format';
import { useApp, useText, type Texts } from '../../../useApp';
import { useHub, useSourceOf } from '../useHub';
import { useCatalogueText, useChosenVariant, usePrediction } from '../usePrediction';
import { Verdict } from './Verdict';
import factStyles from '../../../controls/facts.module.css';
import styles from './CatalogueCard.module.css';

const SHOWN_CONTEXTS = [4096, 8192, 32768];

export function downloadSize({ t }: Texts, { downloadBytes, approximateSize }: ModelVariant): string {
  const size = formatBytes(downloadBytes);
  return approximateSize ? t('card.approximate', { size }) : size;
}

/** 'Q4_K_M · 6.3 GB', and for original weights what is done to them. */
export function variantText(texts: Texts, variant: ModelVariant): string {
  const parts = [variant.label, formatBytes(variant.downloadBytes)];
  if (variant.kind === 'safetensors') parts.push(texts.t('card.official'));
  return parts.join(' · ');
}

interface CardProps {
  model: CatalogueModel;
  recommended: boolean;
}

/** Size of the eyes, and the time of a picture where it can be predicted. */
function useEyesText(model: CatalogueModel, variant: ModelVariant): string {
  const { t, language } = useText();
  const prediction = usePrediction(model, variant);
  if (!model.eyes) return '';
  const size = formatBytes(eyesDownloadBytes(model, variant));
  if (!prediction) return t('eyes.fact', { size });
  const time = formatDuration(pictureSeconds(model, prediction), language);
  return t('eyes.factTime', { size, time });
}

function Facts({ model, variant }: { model: CatalogueModel; variant: ModelVariant }) {
  const texts = useText();
  const { t } = texts;
  const inWords = useCatalogueText();
  const licence = LICENCES[model.licence];
  const size = downloadSize(texts, variant);
  const source = useSourceOf(variant);
  const eyes = useEyesText(model, variant);
  const gpu = SHOWN_CONTEXTS.filter((tokens) => tokens <= model.trainedContextTokens).map((tokens) => (
    <span key={tokens} className={styles.fact}>
      {t('card.gpuAt', {
        size: formatBytes(gpuNeed(model, variant, tokens).totalBytes),
        context: formatContext(tokens),
      })}
    </span>
  ));
  const rows: [label: string, value: React.ReactNode][] = [
    [t('card.download'), source ? t('card.from', { size, hub: t(`sheet.${source.kind}`) }) : size],
    [t('card.disk'), formatBytes(variant.packedBytes)],
    [t('card.gpu'), gpu],
    ...(eyes ? [[t('eyes.label'), eyes] as [string, string]] : []),
    [t('card.languages'), inWords(model.languages)],
    [
      t('card.licence'),
      <a key="licence" href={licence.url} target="_blank" rel="noopener noreferrer nofollow">
        {licence.name}
      </a>,
    ],
  ];
  return (
    <dl className={factStyles.facts}>
      {rows.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The model's other formats, with their sizes and sources. */
function Others({ model, variant }: { model: CatalogueModel; variant: ModelVariant }) {
  const { t, language } = useText();
  const hub = useHub();
  const others = model.variants.filter((one) => one !== variant);
  if (others.length === 0) return null;
  const list = others.map((one) => {
    const hubs = hubsCarrying(one, hub).map(({ kind }) => t(`sheet.${kind}`));
    const size = formatBytes(one.downloadBytes);
    return t('card.other', { format: one.label, size, hubs: formatList(hubs, language) });
  });
  return <p className="quiet">{t('card.others', { list: formatList(list, language) })}</p>;
}

/** The card's action: use the model, continue its download, or start one. */
function CardAction({ model, variant, recommended }: CardProps & { variant: ModelVariant }) {
  const { t } = useText();
  const origin = originOfVariant(model, variant);
  const inUse = useApp((s) => s.model.info?.origin === origin);
  const loading = useApp((s) => downloading(s) === origin);
  const storedId = useApp((s) => s.storage.models.find((row) => row.origin === origin)?.id);
  const partial = useApp((s) => s.downloads.partial.find((row) => row.origin === origin && row.source));
  const loadModel = useApp((s) => s.desk.loadModel);
  const resumeDownload = useApp((s) => s.desk.resumeDownload);
  const askDownload = useApp((s) => s.desk.askDownload);
  const { name } = model;
  if (inUse) return <span className="badge">{t('model.inUse')}</span>;
  if (loading) return <span className="badge">{t('card.loading')}</span>;
  if (storedId !== undefined) {
    return (
      <button
        type="button"
        className="button small primary"
        aria-label={t('model.loadNamed', { name })}
        onClick={() => void loadModel({ kind: 'cached', id: storedId })}
      >
        {t('model.load')}
      </button>
    );
  }
  if (partial) {
    const percent = Math.floor((partial.doneBytes / Math.max(1, partial.totalBytes)) * 100);
    return (
      <>
        <span className="quiet">{t('card.here', { percent })}</span>
        <button
          type="button"
          className="button small primary"
          aria-label={t('card.resumeNamed', { name })}
          onClick={() => resumeDownload(partial.id)}
        >
          {t('card.resume')}
        </button>
      </>
    );
  }
  return (
    <button
      type="button"
      className={recommended ? 'button small primary' : 'button small'}
      aria-label={t('card.getNamed', { name })}
      aria-haspopup="dialog"
      onClick={() => askDownload(model.id, variant.id)}
    >
      {t('card.get')}
    </button>
  );
}

/** A model of the catalogue: strengths, prediction for this computer, size. */
export function CatalogueCard({ model, recommended }: CardProps) {
  const texts = useText();
  const { t } = texts;
  const inWords = useCatalogueText();
  const variant = useChosenVariant(model);
  const chooseVariant = useApp((s) => s.desk.chooseVariant);
  const headingId = `card-${model.id}`;
  return (
    <li
      className={recommended ? `${styles.card} ${styles.recommended}` : styles.card}
      aria-labelledby={headingId}
    >
      <div className={styles.head}>
        <h4 id={headingId}>{model.name}</h4>
        <span className={styles.badges}>
          {recommended && <span className="badge">{t('card.recommended')}</span>}
          {model.eyes && <span className="badge plain">{t('eyes.badge')}</span>}
          {model.thinks && <span className="badge plain">{t('card.thinks')}</span>}
        </span>
      </div>
      <p className={styles.good}>{inWords(model.goodFor)}</p>
      <Verdict model={model} variant={variant} />
      <Facts model={model} variant={variant} />
      <Others model={model} variant={variant} />
      <div className={styles.foot}>
        <select
          aria-label={t('card.variant', { name: model.name })}
          value={variant.id}
          onChange={({ target }) => chooseVariant(model.id, target.value)}
        >
          {model.variants.map((row) => (
            <option key={row.id} value={row.id}>
              {variantText(texts, row)}
            </option>
          ))}
        </select>
        <CardAction model={model} variant={variant} recommended={recommended} />
      </div>
    </li>
  );
}
