import { saveFile, type ImagePart } from '../../../../store';
import { SaveIcon } from '../../../controls/icons';
import { Modal } from '../../../controls/Modal';
import { useText } from '../../../useApp';
import { useBlobSource } from '../answer/Media';
import styles from './pictures.module.css';

const ENDINGS: Record<string, string> = { 'image/jpeg': 'jpg', 'image/svg+xml': 'svg' };
const endingOf = (type: string): string => ENDINGS[type] ?? (/^image\/(\w+)$/.exec(type)?.[1] || 'png');

/** A picture as large as the window. */
export function PictureDialog({ image, onClose }: { image: ImagePart; onClose: () => void }) {
  const { t } = useText();
  const { blob, alt, width, height } = image;
  return (
    <Modal title={alt || t('pictures.unnamed')} side="center" wide onClose={onClose}>
      <div className={styles.large}>
        <img ref={useBlobSource(blob)} alt={alt} width={width} height={height} />
      </div>
      <button
        type="button"
        className="button"
        onClick={() => saveFile(blob, `picture.${endingOf(blob.type)}`)}
      >
        <SaveIcon />
        {t('pictures.save')}
      </button>
    </Modal>
  );
}
