import styles from './Markdown.module.css';

/** The place and font of formatted text, before its formatting: while the formatter loads, and far from the window. */
export const Unformatted = ({ text }: { text: string }) => (
  <div className={`${styles.markdown} ${styles.plain}`} data-part="text" data-plain>
    {text}
  </div>
);
