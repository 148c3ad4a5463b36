import { useEffect, useRef, useState } from 'react';
import { formatBytes } from '../../i18n/format';
import { useApp, useText } from '../../useApp';
import styles from './DiskChoice.module.css';

type Way = 'in-place' | 'copy';
const WAYS: Way[] = ['in-place', 'copy'];

/** Files of this computer: read where they are, or copied into the browser? */
export function DiskChoice() {
  const { t } = useText();
  const choice = useApp((s) => s.disk.choice);
  const openChosen = useApp((s) => s.desk.openChosen);
  const closeChoice = useApp((s) => s.desk.closeChoice);
  const [way, setWay] = useState<Way>('in-place');
  const submit = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (choice) submit.current?.focus();
  }, [choice]);
  if (!choice) return null;
  const size = formatBytes(choice.bytes);
  const title = t(choice.parts > 1 ? 'place.titleParts' : 'place.title', {
    name: choice.name,
    parts: choice.parts,
  });
  return (
    <form
      className={styles.card}
      aria-label={title}
      onSubmit={(event) => {
        event.preventDefault();
        void openChosen(way);
      }}
    >
      <fieldset>
        <legend>{title}</legend>
        {WAYS.map((value) => (
          <label key={value} className={styles.way}>
            <input
              type="radio"
              name="place"
              value={value}
              checked={way === value}
              onChange={() => setWay(value)}
            />
            <span>
              <strong>{t(`place.${value}`)}</strong>
              <span className="quiet">{t(`place.${value}Hint`, { size })}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <div className="button-row">
        <button type="button" className="button" onClick={closeChoice}>
          {t('sheet.cancel')}
        </button>
        <button type="submit" className="button primary" ref={submit}>
          {t(way === 'copy' ? 'place.doCopy' : 'place.doOpen')}
        </button>
      </div>
    </form>
  );
}
