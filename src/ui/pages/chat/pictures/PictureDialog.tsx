import { useState } from 'react';
import { saveFile, type ImagePart } from '../../../../store';
import { SaveIcon } from '../../../controls/icons';
import { Modal } from '../../../controls/Modal';
import { focusComposer } from '../../../shell/usePage';
import { useApp, useText } from '../../../useApp';
import { useBlobSource } from '../answer/Media';
import { cropPicture } from './cropPicture';
import { MIDDLE, type Part } from './part';
import { PartSelector } from './PartSelector';
import styles from './pictures.module.css';

const ENDINGS: Record<string, string> = { 'image/jpeg': 'jpg', 'image/svg+xml': 'svg' };
const endingOf = (type: string): string => ENDINGS[type] ?? (/^image\/(\w+)$/.exec(type)?.[1] || 'png');

/** A picture as large as the window. A part of it can become a picture of the message. */
export function PictureDialog({ image, onClose }: { image: ImagePart; onClose: () => void }) {
  const { t } = useText();
  const [part, setPart] = useState<Part | null>(null);
  const attachFiles = useApp((s) => s.attachFiles);
  const source = useBlobSource(image.blob);
  const { blob, alt, width, height } = image;

  async function askAbout(chosen: Part): Promise<void> {
    const cut = await cropPicture(blob, chosen);
    const name = `${t('pictures.partOf', { alt: alt || t('pictures.one') })}.${endingOf(cut.type)}`;
    attachFiles([new File([cut], name, { type: cut.type })]);
    onClose();
    focusComposer();
  }

  return (
    <Modal title={alt || t('pictures.unnamed')} side="center" wide onClose={onClose}>
      <div className={styles.large}>
        {part ? (
          <PartSelector image={image} part={part} onChange={setPart} onEnter={() => void askAbout(part)} />
        ) : (
          <img ref={source} alt={alt} width={width} height={height} />
        )}
      </div>
      <div className={styles.foot} data-sticky-foot>
        {part ? (
          <>
            <p className="quiet">{t('pictures.partHint')}</p>
            <button type="button" className="button" onClick={() => setPart(null)}>
              {t('pictures.backToWhole')}
            </button>
            <button type="button" className="button primary" onClick={() => void askAbout(part)}>
              {t('pictures.askPart')}
            </button>
          </>
        ) : (
          <>
            <button
              type="button"
              className="button"
              onClick={() => saveFile(blob, `picture.${endingOf(blob.type)}`)}
            >
              <SaveIcon />
              {t('pictures.save')}
            </button>
            <button type="button" className="button" onClick={() => setPart(MIDDLE)}>
              {t('pictures.choosePart')}
            </button>
          </>
        )}
      </div>
    </Modal>
  );
}
