// Pictures and files that a tool made: to look at, and to save.
import { memo, useState } from 'react';
import { saveFile, type FilePart, type ImagePart } from '../../../../store';
import { FileIcon, SaveIcon } from '../../../controls/icons';
import { IconButton } from '../../../controls/IconButton';
import { Modal } from '../../../controls/Modal';
import { formatBytes } from '../../../i18n/format';
import { Picture, useBlobSource } from '../answer/Media';
import { useCallText } from './callState';
import styles from './ResultMedia.module.css';

const ENDINGS: Record<string, string> = { 'image/svg+xml': 'svg', 'image/jpeg': 'jpg' };
const endingOf = (type: string): string => ENDINGS[type] ?? (/^image\/(\w+)$/.exec(type)?.[1] || 'png');

/** A picture in the answer; a press shows it as large as the window, a button saves it. */
export const ResultPicture = memo(function ResultPicture({ image }: { image: ImagePart }) {
  const { t } = useCallText();
  const [open, setOpen] = useState(false);
  const save = () => saveFile(image.blob, `picture.${endingOf(image.blob.type)}`);
  return (
    <div className={styles.picture}>
      <button
        type="button"
        className={styles.zoom}
        title={t('zoom')}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        <Picture image={image} />
        <span className="visually-hidden">{t('zoom')}</span>
      </button>
      <IconButton name={t('savePicture')} icon={<SaveIcon />} onClick={save} />
      {image.blob.type === 'image/svg+xml' && <p className="quiet">{t('vector')}</p>}
      {open && (
        <Modal title={image.alt || t('picture')} side="center" wide onClose={() => setOpen(false)}>
          <div className={styles.large}>
            <Picture image={image} />
          </div>
          <button type="button" className="button" onClick={save}>
            <SaveIcon />
            {t('savePicture')}
          </button>
        </Modal>
      )}
    </div>
  );
});

/** A file that a tool made: a press saves it. */
export function FileDownload({ file: { name, blob } }: { file: FilePart }) {
  const { t } = useCallText();
  const size = formatBytes(blob.size);
  return (
    <button
      type="button"
      className={styles.file}
      aria-label={t('saveFile', { name, size })}
      onClick={() => saveFile(blob, name)}
    >
      <FileIcon />
      <span className={styles.name}>{name}</span>
      <span className={styles.size}>{size}</span>
      <SaveIcon />
    </button>
  );
}

/** A video that a tool made. */
export function ResultVideo({ file: { name, blob } }: { file: FilePart }) {
  return <video ref={useBlobSource(blob)} className={styles.video} controls aria-label={name} />;
}
