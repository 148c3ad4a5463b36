// Answers as formatted text. No raw HTML, and nothing is fetched: images become links. Loaded lazily.
import { memo, useRef, type ComponentProps } from 'react';
import ReactMarkdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { useText } from '../useApp';
import { CopyButton } from './CopyButton';

type Props<Tag extends 'a' | 'img' | 'pre' | 'table'> = ComponentProps<Tag> & { node?: unknown };

/** Opens elsewhere, and tells the other site nothing. */
const EXTERNAL = { target: '_blank', rel: 'noopener noreferrer nofollow' } as const;

function Link({ href, children }: Props<'a'>) {
  return (
    <a href={href} {...EXTERNAL}>
      {children}
    </a>
  );
}

function ImageLink({ src, alt }: Props<'img'>) {
  const { t } = useText();
  const address = typeof src === 'string' ? src : undefined;
  return (
    <a href={address} {...EXTERNAL}>
      {t('markdown.image', { alt: alt || address || '' })}
    </a>
  );
}

/** react-markdown hands a code block over as <pre><code class="language-x">. */
function languageOf(children: unknown): string {
  const code = (Array.isArray(children) ? children[0] : children) as {
    props?: { className?: string };
  } | null;
  return /language-([\w+#.-]+)/.exec(code?.props?.className ?? '')?.[1] ?? '';
}

function CodeBlock({ children }: Props<'pre'>) {
  const { t } = useText();
  const ref = useRef<HTMLPreElement>(null);
  return (
    <div className="code-block">
      <div className="code-head">
        <span>{languageOf(children) || t('code.plain')}</span>
        <CopyButton
          text={() => ref.current?.textContent ?? ''}
          label={t('code.copy')}
          doneLabel={t('code.copied')}
        />
      </div>
      <pre ref={ref} tabIndex={0}>
        {children}
      </pre>
    </div>
  );
}

function Table({ children }: Props<'table'>) {
  const { t } = useText();
  return (
    <div className="table-scroll" role="region" aria-label={t('markdown.table')} tabIndex={0}>
      <table>{children}</table>
    </div>
  );
}

const components: Components = { a: Link, img: ImageLink, pre: CodeBlock, table: Table };
const plugins = [remarkGfm];

function Markdown({ text }: { text: string }) {
  return (
    <div className="markdown">
      <ReactMarkdown remarkPlugins={plugins} components={components}>
        {text}
      </ReactMarkdown>
    </div>
  );
}

export default memo(Markdown);
