import { memo, useLayoutEffect, useMemo, useRef } from 'react';
import { lazyPart } from '../../../../lazyPart';
import styles from './Formula.module.css';

const math = lazyPart(() => import('../../../../markdown/math'));

interface FormulaProps {
  /** TeX; empty while the formula is being written, to reserve its place. */
  tex: string;
  display: boolean;
}

/** A formula. Shows the TeX source until KaTeX is loaded, and where KaTeX fails. */
export const Formula = memo(function Formula({ tex, display }: FormulaProps) {
  const part = math.use();
  const box = useRef<HTMLSpanElement>(null);
  const node = useMemo(() => (part && tex ? part.renderFormula(tex, display) : null), [part, tex, display]);
  useLayoutEffect(() => {
    if (node) box.current?.replaceChildren(node);
  }, [node]);
  if (!tex) return <div className={`${styles.display} ${styles.coming}`} aria-hidden="true" />;
  const content = node ? <span ref={box} key="formula" /> : <code className={styles.source}>{tex}</code>;
  if (!display)
    return (
      <span className="formula" translate="no">
        {content}
      </span>
    );
  return (
    <div className={styles.display} tabIndex={0} translate="no">
      {content}
    </div>
  );
});
