import { useState } from 'react';
import {
  repoOn,
  repoPage,
  smallerElsewhere,
  variantOn,
  type CatalogueModel,
  type Hub,
  type HubKind,
  type ModelVariant,
} from '../../../../catalogue';
import { formatBytes } from '../../../i18n/format';
import { useApp, useText } from '../../../useApp';
import { hubFor } from '../useHub';
import { Choice } from '../../../controls/Choice';
import { variantText } from './CatalogueCard';
import fieldStyles from '../../../controls/fields.module.css';
import styles from './SourceChoice.module.css';

const HUBS: HubKind[] = ['huggingface', 'modelscope', 'mirror'];

/** Access token of the current hub. A saved token is never shown. */
function TokenField({ hub }: { hub: Hub }) {
  const { t } = useText();
  const [token, setToken] = useState('');
  const { host } = new URL(hub.baseUrl);
  const kept = useApp((s) => s.downloads.tokenHosts.includes(host));
  const keepToken = useApp((s) => s.desk.keepToken);
  if (kept) {
    return (
      <div className={styles.tokenKept}>
        <p className="quiet">{t('sheet.tokenKept', { host })}</p>
        <button type="button" className="text-button" onClick={() => keepToken(hub.baseUrl, '')}>
          {t('sheet.tokenDelete')}
        </button>
      </div>
    );
  }
  return (
    <details className={styles.token}>
      <summary>{t('sheet.token')}</summary>
      <form
        className={fieldStyles.urlRow}
        onSubmit={(event) => {
          event.preventDefault();
          keepToken(hub.baseUrl, token);
          setToken('');
        }}
      >
        <input
          type="password"
          autoComplete="off"
          aria-label={t('sheet.tokenFor', { host })}
          aria-describedby="token-hint"
          value={token}
          onChange={({ target }) => setToken(target.value)}
        />
        <button type="submit" className="button" disabled={!token.trim()}>
          {t('sheet.tokenSave')}
        </button>
      </form>
      <p className="quiet" id="token-hint">
        {t('sheet.tokenHint', { host })}
      </p>
    </details>
  );
}

interface OtherFormatsProps extends Pick<SourceChoiceProps, 'model' | 'variant' | 'onElsewhere'> {
  hub: Hub;
}

/** Offers a format that the hub has when it lacks the chosen one, or names a smaller format on another hub. */
function OtherFormats({ model, variant, hub, onElsewhere }: OtherFormatsProps) {
  const texts = useText();
  const { t } = texts;
  const askDownload = useApp((s) => s.desk.askDownload);
  if (repoOn(variant, hub)) {
    const smaller = smallerElsewhere(model, variant, hub);
    if (!smaller) return null;
    return (
      <p className="quiet">
        {t('sheet.smallerElsewhere', { size: formatBytes(smaller.downloadBytes) })}{' '}
        <button type="button" className="text-button" onClick={() => onElsewhere(smaller)}>
          {t('sheet.takeInstead', { format: variantText(texts, smaller) })}
        </button>
      </p>
    );
  }
  const instead = variantOn(model, hub);
  return (
    <p className="warn">
      {t('sheet.notOn', { hub: t(`sheet.${hub.kind}`) })}{' '}
      {instead && (
        <button type="button" className="text-button" onClick={() => askDownload(model.id, instead.id)}>
          {t('sheet.takeInstead', { format: variantText(texts, instead) })}
        </button>
      )}
    </p>
  );
}

/** A mirror with Hugging Face's paths, for networks that do not reach Hugging Face. */
const KNOWN_MIRROR = 'https://hf-mirror.com';

/** Says that a hub does not answer, and offers the mirror in its place. */
function Unreachable({ hub, onMirror }: { hub: Hub; onMirror: () => void }) {
  const { t } = useText();
  const mirrorUrl = useApp((s) => s.preferences.mirrorUrl);
  const reached = useApp((s) => s.downloads.reach[hub.baseUrl]);
  const setPreferences = useApp((s) => s.page.setPreferences);
  if (reached !== false) return null;
  const mirror = hubFor('mirror', mirrorUrl) ?? hubFor('mirror', KNOWN_MIRROR);
  return (
    <p className="warn" role="status">
      {t('sheet.unreachable', { hub: t(`sheet.${hub.kind}`) })}{' '}
      {hub.kind === 'huggingface' && mirror && (
        <button
          type="button"
          className="text-button"
          onClick={() => {
            setPreferences({ mirrorUrl: mirror.baseUrl });
            onMirror();
          }}
        >
          {t('sheet.useMirror', { host: new URL(mirror.baseUrl).host })}
        </button>
      )}
    </p>
  );
}

interface SourceChoiceProps {
  model: CatalogueModel;
  variant: ModelVariant;
  kind: HubKind;
  onChange: (kind: HubKind) => void;
  /** Switches to a format on another hub. */
  onElsewhere: (variant: ModelVariant) => void;
}

/** Choice of the source: Hugging Face, ModelScope or a mirror, with its address or token. */
export function SourceChoice({ model, variant, kind, onChange, onElsewhere }: SourceChoiceProps) {
  const { t } = useText();
  const mirrorUrl = useApp((s) => s.preferences.mirrorUrl);
  const setPreferences = useApp((s) => s.page.setPreferences);
  const hub = hubFor(kind, mirrorUrl);
  const repo = hub && repoOn(variant, hub);
  return (
    <div className={styles.source}>
      <Choice
        legend={t('sheet.source')}
        name="hub"
        value={kind}
        options={HUBS.map((value) => ({ value, label: t(`sheet.${value}`) }))}
        onChange={onChange}
      />
      {kind === 'mirror' && (
        <div className={fieldStyles.field}>
          <label htmlFor="mirror-url">{t('sheet.mirrorUrl')}</label>
          <input
            id="mirror-url"
            type="url"
            inputMode="url"
            autoComplete="off"
            spellCheck={false}
            value={mirrorUrl}
            placeholder={KNOWN_MIRROR}
            aria-invalid={mirrorUrl !== '' && !hub}
            aria-describedby="mirror-hint"
            onChange={({ target }) => setPreferences({ mirrorUrl: target.value })}
          />
          <p className={mirrorUrl !== '' && !hub ? 'warn' : 'quiet'} id="mirror-hint">
            {t(mirrorUrl !== '' && !hub ? 'sheet.mirrorBad' : 'sheet.mirrorHint')}
          </p>
        </div>
      )}
      {hub && <Unreachable hub={hub} onMirror={() => onChange('mirror')} />}
      {hub && <OtherFormats model={model} variant={variant} hub={hub} onElsewhere={onElsewhere} />}
      {hub && repo && (
        <p className="quiet">
          <a href={repoPage(hub, repo)} target="_blank" rel="noopener noreferrer nofollow">
            {repo}
          </a>
        </p>
      )}
      {hub && <TokenField key={hub.baseUrl} hub={hub} />}
    </div>
  );
}
