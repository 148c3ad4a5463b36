import { Fragment, memo, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import type { CodeTree } from '../../../../markdown/highlight';
import { lazyPart } from '../../../../lazyPart';
import { useText } from '../../../../useApp';
import { CopyButton } from '../../../../controls/CopyButton';
import styles from './CodeBlock.module.css';

const highlighter = lazyPart(() => import('../../../../markdown/highlight'));

/** Interval of highlighting while code streams; it grows with the code's length. */
const RECOLOUR_MS = 120;
const RECOLOUR_MS_PER_CHAR = 0.05;

/** The highlighted part of streaming code: complete lines as of the last interval; everything once finished. */
function useColouredPart(code: string, live: boolean): string {
  const [part, setPart] = useState(code);
  const latest = useRef(code);
  useEffect(() => {
    latest.current = code;
  }, [code]);
  useEffect(() => {
    if (!live) return;
    let timer: ReturnType<typeof setTimeout>;
    const again = () => {
      const { current } = latest;
      setPart(current.slice(0, current.lastIndexOf('\n') + 1));
      timer = setTimeout(again, Math.max(RECOLOUR_MS, current.length * RECOLOUR_MS_PER_CHAR));
    };
    timer = setTimeout(again, RECOLOUR_MS);
    return () => clearTimeout(timer);
  }, [live]);
  return live && code.startsWith(part) ? part : code;
}

function toReact(tree: CodeTree): ReactNode {
  return tree.map((node, index) => {
    if (node.type === 'text') return <Fragment key={index}>{node.value}</Fragment>;
    if (node.type !== 'element') return null;
    const { className } = node.properties;
    return (
      <span key={index} className={Array.isArray(className) ? className.join(' ') : undefined}>
        {toReact(node.children as CodeTree)}
      </span>
    );
  });
}

/** Code in colours; plain while the highlighter loads. */
export function Coloured({ code, language, live }: CodeBlockProps) {
  const highlight = highlighter.use()?.highlight;
  const part = useColouredPart(code, live);
  const coloured = useMemo(() => {
    const tree = highlight?.(part, language);
    return tree ? toReact(tree) : part;
  }, [highlight, part, language]);
  return (
    <>
      {coloured}
      {code.slice(part.length)}
    </>
  );
}

interface CodeBlockProps {
  code: string;
  /** The language that the answer names, or ''. */
  language: string;
  live: boolean;
}

/** Code with its language, colours and a button to copy it. */
export const CodeBlock = memo(function CodeBlock({ code, language, live }: CodeBlockProps) {
  const { t } = useText();
  return (
    <div className={styles.block}>
      <div className={styles.head}>
        <span>{language || t('code.plain')}</span>
        <CopyButton text={() => code} label={t('code.copy')} doneLabel={t('code.copied')} />
      </div>
      <pre tabIndex={0} dir="ltr" translate="no">
        <code>{language ? <Coloured code={code} language={language} live={live} /> : code}</code>
      </pre>
    </div>
  );
});
