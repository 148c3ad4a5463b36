import {
  currentAttachments,
  ENCODING_NAMES,
  ENCODINGS,
  type DraftAttachment,
  type Encoding,
} from '../../../../store';
import { formatBytes, formatCount, joinSentences } from '../../../i18n/format';
import { useApp, useText, type Texts } from '../../../useApp';
import { useErrorText } from '../../../useErrorText';
import { focusComposer } from '../../../shell/usePage';
import { IconButton } from '../../../controls/IconButton';
import { CloseIcon, FileIcon, PencilIcon } from '../../../controls/icons';
import { lazyView } from '../../../lazyPart';
import styles from './AttachmentStrip.module.css';

const ReadPages = lazyView(() => import('../pictures/ReadPages'));
const DraftPictures = lazyView(() => import('../pictures/DraftPictures'));

function describe(
  { status, sizeBytes, fraction, document, reading }: DraftAttachment,
  { t, language }: Texts,
): string {
  if (status === 'reading') {
    return fraction > 0
      ? t('attach.readingPart', { percent: Math.round(fraction * 100) })
      : t('attach.reading');
  }
  if (!document) return reading ? '' : t('attach.failed');
  const count = (value: number) => formatCount(value, language);
  const { pages, emptyPages, tokens, cutFrom } = document;
  return [
    pages !== undefined && t('attach.pages', { count: count(pages) }),
    emptyPages !== undefined && t('attach.emptyPages', { count: count(emptyPages) }),
    cutFrom !== undefined && tokens !== undefined
      ? t('attach.cutTokens', { kept: count(tokens), all: count(cutFrom) })
      : tokens === undefined
        ? formatBytes(sizeBytes)
        : t('stats.tokens', { count: count(tokens) }),
  ]
    .filter(Boolean)
    .join(' · ');
}

/** The encoding that a text file was read in, unless its bytes prove it; another one can be chosen. */
function EncodingChoice({ id, name, document }: DraftAttachment) {
  const { t } = useText();
  const readAs = useApp((s) => s.readAttachmentAs);
  if (!document?.encoding || !document.guessed) return null;
  return (
    <select
      className={styles.encoding}
      aria-label={t('attach.encoding', { name })}
      title={t('attach.encodingHint')}
      value={document.encoding}
      onChange={({ target }) => void readAs(id, target.value as Encoding)}
    >
      {[...new Set([...ENCODINGS, document.encoding])].map((encoding) => (
        <option key={encoding} value={encoding}>
          {ENCODING_NAMES[encoding as Encoding] ?? encoding}
        </option>
      ))}
    </select>
  );
}

/** A scan, or a PDF beside a model that sees: its pages can be read as pictures. */
const canBePictures = ({ error, document, reading }: DraftAttachment, sees: boolean): boolean =>
  error?.code === 'document-scanned' || reading !== undefined || (sees && document?.kind === 'pdf');

/** Attached files: name, pages and tokens, or the reason why a file cannot be read. */
export function AttachmentStrip() {
  const texts = useText();
  const { t } = texts;
  const errorText = useErrorText();
  const all = useApp(currentAttachments);
  const sees = useApp((s) => Boolean(s.model.info?.eyes));
  const attachments = all.filter(({ picture }) => !picture);
  const remove = useApp((s) => s.removeAttachment);
  const intoDraft = useApp((s) => s.attachmentIntoDraft);
  if (all.length === 0) return null;
  if (attachments.length === 0) return <DraftPictures />;
  const hasPictures = attachments.length < all.length;
  return (
    <>
      {hasPictures && <DraftPictures />}
      <ul className={styles.strip} aria-label={t('attach.list')}>
        {attachments.map((one) => {
          const error = one.error && errorText(one.error);
          return (
            <li
              key={one.id}
              className={
                one.status === 'failed' ? `${styles.attachment} ${styles.failed}` : styles.attachment
              }
            >
              <FileIcon />
              <div className={styles.text}>
                <span className={styles.name} title={one.name}>
                  {one.name}
                </span>
                <span className={styles.about} role={error ? 'alert' : undefined}>
                  {error ? joinSentences([error.what, error.next], texts.language) : describe(one, texts)}
                </span>
                <EncodingChoice {...one} />
                {canBePictures(one, sees) && <ReadPages {...one} />}
              </div>
              {one.pasted && one.status !== 'failed' && (
                <IconButton
                  name={t('attach.intoField')}
                  icon={<PencilIcon />}
                  onClick={() => void intoDraft(one.id).then(focusComposer)}
                />
              )}
              <IconButton
                name={t('attach.remove', { name: one.name })}
                icon={<CloseIcon />}
                onClick={() => remove(one.id)}
              />
            </li>
          );
        })}
      </ul>
    </>
  );
}

/** Shown when the draft exceeds the context: by how many tokens, and what can be cut. */
export function TooLong() {
  const { t, language } = useText();
  const measure = useApp((s) => s.draftMeasure);
  const attachments = useApp(currentAttachments);
  const cut = useApp((s) => s.cutAttachment);
  const newChat = useApp((s) => s.newChat);
  if (!measure || measure.excess <= 0) return null;
  const count = (value: number) => formatCount(value, language);
  const size = (one: DraftAttachment) => one.document?.tokens ?? 0;
  const largest = [...attachments].sort((a, b) => size(b) - size(a)).find((one) => size(one) > 0);
  const kept = largest ? size(largest) - measure.excess : 0;
  return (
    <div className={styles.tooLong} role="status">
      <p>
        {t('attach.tooLong', {
          tokens: count(measure.tokens),
          context: count(measure.contextTokens),
          excess: count(measure.excess),
        })}
      </p>
      {largest && kept > 0 ? (
        <button type="button" className="button small" onClick={() => void cut(largest.id)}>
          {t('attach.cut', { name: largest.name, kept: count(kept), all: count(size(largest)) })}
        </button>
      ) : (
        !largest && (
          <button type="button" className="button small" onClick={newChat}>
            {t('action.newChat')}
          </button>
        )
      )}
    </div>
  );
}
