import { memo, useState } from 'react';
import { picturesOf, type ImagePart, type UserMessage } from '../../../../store';
import { useText } from '../../../useApp';
import { useBlobSource } from '../answer/Media';
import { PictureDialog } from './PictureDialog';
import styles from './pictures.module.css';

const SentPicture = memo(function SentPicture({ image }: { image: ImagePart }) {
  const { t } = useText();
  const [open, setOpen] = useState(false);
  const { blob, alt, width, height } = image;
  return (
    <li>
      <button
        type="button"
        className={styles.sent}
        aria-haspopup="dialog"
        title={t('pictures.zoom', { alt: alt || t('pictures.unnamed') })}
        onClick={() => setOpen(true)}
      >
        <img
          ref={useBlobSource(blob)}
          alt={t('pictures.zoom', { alt: alt || t('pictures.unnamed') })}
          width={width}
          height={height}
        />
      </button>
      {open && <PictureDialog image={image} onClose={() => setOpen(false)} />}
    </li>
  );
});

/** The pictures of a question. */
export default function SentPictures({ message }: { message: UserMessage }) {
  const { t } = useText();
  return (
    <ul className={styles.pictures} aria-label={t('pictures.sent')}>
      {picturesOf(message.parts).map((image, index) => (
        <SentPicture key={index} image={image} />
      ))}
    </ul>
  );
}
