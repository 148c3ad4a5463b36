import { memo } from 'react';
import { chunksOf } from '../../../../markdown/limits';
import styles from './PlainText.module.css';

const Chunk = memo(function Chunk({ text }: { text: string }) {
  return <p className={styles.chunk}>{text}</p>;
});

/** Unformatted text of any length, in pieces that are laid out when they come into view. `raw`: in the font of code. */
export const PlainText = memo(function PlainText({ text, raw = false }: { text: string; raw?: boolean }) {
  return (
    <div className={raw ? `${styles.plainText} ${styles.plainRaw}` : styles.plainText}>
      {chunksOf(text).map((chunk, index) => (
        <Chunk key={index} text={chunk} />
      ))}
    </div>
  );
});
