import { useMemo, useState } from 'react';
import {
  currentChat,
  picturesAbove,
  spokenText,
  type AssistantMessage,
  type ImagePart,
} from '../../../../store';
import { useApp, useText } from '../../../useApp';
import { useBlobSource } from '../answer/Media';
import { placesIn, type Place } from './boxes';
import styles from './boxes.module.css';

const percent = (value: number) => `${(value * 100).toFixed(2)}%`;

interface MarkedProps {
  image: ImagePart;
  places: Place[];
}

/** The picture with its places, numbered; the list below names them, and lights up the one that has the focus. */
function Marked({ image, places }: MarkedProps) {
  const { t } = useText();
  const [active, setActive] = useState<number | null>(null);
  const source = useBlobSource(image.blob);
  const nameOf = ({ kind, left, top, right, bottom, label }: Place) => {
    const where = { x: Math.round(((left + right) / 2) * 100), y: Math.round(((top + bottom) / 2) * 100) };
    const what = label || t(kind === 'box' ? 'pictures.box' : 'pictures.point');
    return t('pictures.place', { what, ...where });
  };
  return (
    <figure className={styles.marked}>
      <div className={styles.picture}>
        <img ref={source} alt={image.alt} width={image.width} height={image.height} />
        {places.map(({ kind, left, top, right, bottom }, index) => (
          <span
            key={index}
            className={[styles[kind], index === active ? styles.active : ''].join(' ')}
            style={{
              left: percent(left),
              top: percent(top),
              width: percent(right - left),
              height: percent(bottom - top),
            }}
            aria-hidden="true"
          >
            <b>{index + 1}</b>
          </span>
        ))}
      </div>
      <ol className={styles.places} aria-label={t('pictures.places')}>
        {places.map((place, index) => (
          <li key={index}>
            <button
              type="button"
              aria-pressed={index === active}
              onFocus={() => setActive(index)}
              onBlur={() => setActive(null)}
              onPointerEnter={() => setActive(index)}
              onPointerLeave={() => setActive(null)}
              onClick={() => setActive(index)}
            >
              {nameOf(place)}
            </button>
          </li>
        ))}
      </ol>
    </figure>
  );
}

/** What an answer points at, drawn over the picture that was asked about; with several, the reader chooses which. */
export default function PictureBoxes({ message }: { message: AssistantMessage }) {
  const { t } = useText();
  const chat = useApp(currentChat);
  const [chosen, setChosen] = useState(0);
  const pictures = useMemo(() => picturesAbove(chat, message.id), [chat, message.id]);
  const places = useMemo(() => placesIn(spokenText(message.parts)), [message.parts]);
  const image = pictures[Math.min(chosen, pictures.length - 1)];
  if (!image || places.length === 0) return null;
  return (
    <>
      {pictures.length > 1 && (
        <select
          className={styles.which}
          aria-label={t('pictures.which')}
          value={chosen}
          onChange={({ target }) => setChosen(Number(target.value))}
        >
          {pictures.map(({ alt }, index) => (
            <option key={index} value={index}>
              {`${index + 1} ${alt}`.trim()}
            </option>
          ))}
        </select>
      )}
      <Marked image={image} places={places} />
    </>
  );
}
