import { memo, useMemo, type ComponentProps, type ReactNode } from 'react';
import ReactMarkdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { hiddenHost, imageAddress, linkAddress } from '../../../../markdown/addresses';
import { cjkMarkdown } from '../../../../markdown/cjk';
import { prepareText } from '../../../../markdown/inline';
import { tooMuch } from '../../../../markdown/limits';
import { glmTokens } from '../../../../markdown/plugins';
import { useText } from '../../../../useApp';
import { CodeBlock } from './CodeBlock';
import { Formula } from './Formula';
import { LeavingLink } from '../LeavingLink';
import { PlainText } from './PlainText';
import { SourceChip } from '../SourceChip';
import markdownStyles from '../Markdown.module.css';

type Props<Tag extends 'a' | 'img' | 'pre' | 'table'> = ComponentProps<Tag> & { node?: unknown };

const textOf = (children: ReactNode): string =>
  Array.isArray(children) ? children.map(textOf).join('') : typeof children === 'string' ? children : '';

function Link({ href, children }: Props<'a'>) {
  const { t } = useText();
  if (!href) return <>{children}</>;
  const host = hiddenHost(href, textOf(children));
  return (
    <LeavingLink href={href} title={href} className={markdownStyles.leaving}>
      {children}
      {host && <span className={markdownStyles.linkHost}> ({host})</span>}
      <span className="visually-hidden"> {t('markdown.leaves')}</span>
    </LeavingLink>
  );
}

/** Shows images inside the conversation only: fetching another would tell its server about the reader. */
function Picture({ src, alt = '' }: Props<'img'>) {
  const { t } = useText();
  const address = typeof src === 'string' ? src : '';
  if (/^(?:data|blob):/i.test(address))
    return <img src={address} alt={alt} loading="lazy" decoding="async" />;
  return <Link href={address}>{t('markdown.image', { alt: alt || address })}</Link>;
}

/** react-markdown hands a nested code block over as <pre><code class="language-x">. */
function NestedCode({ children }: Props<'pre'>) {
  const code = (Array.isArray(children) ? children[0] : children) as {
    props?: { className?: string; children?: ReactNode };
  } | null;
  const language = /language-([^\s]+)/.exec(code?.props?.className ?? '')?.[1] ?? '';
  return (
    <CodeBlock code={textOf(code?.props?.children).replace(/\n$/, '')} language={language} live={false} />
  );
}

function TableFrame({ children }: { children?: ReactNode }) {
  const { t } = useText();
  return (
    <div className={markdownStyles.tableScroll} role="region" aria-label={t('markdown.table')} tabIndex={0}>
      <table>{children}</table>
    </div>
  );
}

const components = {
  a: Link,
  img: Picture,
  pre: NestedCode,
  table: ({ children }: Props<'table'>) => <TableFrame>{children}</TableFrame>,
  'glm-math': ({ tex, display }: { tex: string; display: string }) => (
    <Formula tex={tex} display={display === 'yes'} />
  ),
  'glm-source': ({ source, label }: { source: string; label: string }) => (
    <SourceChip source={source} label={label} />
  ),
} as Components;

const addressFor = (address: string, attribute: string): string =>
  attribute === 'src'
    ? imageAddress(address) || linkAddress(address)
    : attribute === 'href'
      ? linkAddress(address)
      : '';

interface TextBlockProps {
  text: string;
  /** Lines `[id]: address` that the text refers to. */
  definitions?: string;
  live?: boolean;
  maxLength?: number;
}

/** A block of Markdown. Raw HTML in it stays text. */
export const TextBlock = memo(function TextBlock({
  text,
  definitions = '',
  live = false,
  maxLength,
}: TextBlockProps) {
  const plain = useMemo(() => tooMuch(text, maxLength), [text, maxLength]);
  const { markdown, formulas } = useMemo(
    () => (plain ? { markdown: '', formulas: [] } : prepareText(text, live)),
    [plain, text, live],
  );
  const plugins = useMemo(
    () =>
      [[remarkGfm, { singleTilde: false }], cjkMarkdown, [glmTokens, formulas]] as ComponentProps<
        typeof ReactMarkdown
      >['remarkPlugins'],
    [formulas],
  );
  if (plain) return <PlainText text={text} />;
  return (
    <ReactMarkdown remarkPlugins={plugins} components={components} urlTransform={addressFor}>
      {definitions ? `${markdown}\n\n${definitions}` : markdown}
    </ReactMarkdown>
  );
});
