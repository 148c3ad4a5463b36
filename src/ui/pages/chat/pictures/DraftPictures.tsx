import { useState } from 'react';
import { currentAttachments, currentChat, serverOfChat, type DraftAttachment } from '../../../../store';
import { CloseIcon } from '../../../controls/icons';
import { IconButton } from '../../../controls/IconButton';
import { useApp, useText } from '../../../useApp';
import { useBlobSource } from '../answer/Media';
import { PictureDialog } from './PictureDialog';
import { PictureTasks } from './PictureTasks';
import { usePictureCost } from './usePictureCost';
import styles from './pictures.module.css';

/** What to ask about pictures; where the answerer of this chat sees none: why, and what helps. */
function Sight() {
  const { t } = useText();
  const hasServer = useApp((s) => currentChat(s).server !== undefined);
  const server = useApp(serverOfChat);
  const info = useApp((s) => s.model.info);
  const openModels = useApp((s) => s.openModels);
  if (hasServer)
    return server && !server.pictures ? (
      <p className={styles.blind} role="status">
        {t('pictures.serverBlind', { name: server.name })}
      </p>
    ) : (
      <PictureTasks />
    );
  if (!info) return null;
  if (info.eyes) return <PictureTasks />;
  const couldSee = info.eyes === null;
  return (
    <p className={styles.blind} role="status">
      {t(couldSee ? 'pictures.noEyes' : 'pictures.blind', { name: info.name })}{' '}
      <button
        type="button"
        className="text-button"
        onClick={() => openModels(couldSee ? 'here' : 'catalogue')}
      >
        {t(couldSee ? 'pictures.addEyes' : 'pictures.choose')}
      </button>
    </p>
  );
}

function DraftPicture({ id, name, file, picture }: DraftAttachment) {
  const { t } = useText();
  const [open, setOpen] = useState(false);
  const source = useBlobSource(file);
  const remove = useApp((s) => s.removeAttachment);
  const describe = useApp((s) => s.describePicture);
  const cost = usePictureCost(picture?.tokens);
  if (!picture) return null;
  const { alt, width, height } = picture;
  return (
    <li className={styles.draft}>
      <button
        type="button"
        className={styles.thumb}
        aria-label={t('pictures.zoom', { alt: alt || name })}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
        onKeyDown={({ key }) => {
          if (key === 'Delete' || key === 'Backspace') remove(id);
        }}
      >
        <img ref={source} alt="" width={width} height={height} />
      </button>
      <div className={styles.about}>
        <input
          type="text"
          value={alt}
          dir="auto"
          aria-label={t('pictures.alt', { name })}
          placeholder={t('pictures.altHint')}
          onChange={({ target }) => describe(id, target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') event.preventDefault(); // it would send the message
          }}
        />
        <span className={styles.cost}>{cost || `${width} × ${height}`}</span>
      </div>
      <IconButton name={t('pictures.remove', { name })} icon={<CloseIcon />} onClick={() => remove(id)} />
      {open && (
        <PictureDialog
          image={{ type: 'image', blob: file, alt, width, height }}
          onClose={() => setOpen(false)}
        />
      )}
    </li>
  );
}

/** Pictures of the message before it is sent: what each shows and costs. */
export default function DraftPictures() {
  const { t } = useText();
  const pictures = useApp(currentAttachments).filter(({ picture }) => picture);
  return (
    <>
      <ul className={styles.drafts} aria-label={t('pictures.list')}>
        {pictures.map((one) => (
          <DraftPicture key={one.id} {...one} />
        ))}
      </ul>
      <Sight />
    </>
  );
}
