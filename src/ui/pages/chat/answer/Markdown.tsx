// Answers as formatted text. No raw HTML, and nothing is fetched. Loaded lazily.
import { memo, useId, useMemo } from 'react';
import { equalBlocks, splitBlocks, type Block } from '../../../markdown/blocks';
import { htmlTables } from '../../../markdown/tables';
import { CodeBlock } from './blocks/CodeBlock';
import { Formula } from './blocks/Formula';
import { SourcesContext } from './SourceChip';
import { Sources } from './Sources';
import { TableBlock } from './blocks/TableBlock';
import { TextBlock } from './blocks/TextBlock';
import styles from './Markdown.module.css';

/** The definitions that a text may refer to, as Markdown; '' for most. */
function definitionsFor(text: string, definitions: Map<string, string>): string {
  if (definitions.size === 0 || !text.includes('[')) return '';
  const lower = text.toLowerCase();
  return [...definitions].flatMap(([id, line]) => (lower.includes(`[${id}]`) ? [line] : [])).join('\n');
}

interface BlockProps {
  block: Block;
  definitions: Map<string, string>;
  live: boolean;
}

function BlockView({ block, definitions, live }: BlockProps) {
  switch (block.kind) {
    case 'code':
      return <CodeBlock code={block.code} language={block.language} live={live} />;
    case 'math':
      return <Formula tex={block.tex} display />;
    case 'table': {
      const used = definitionsFor(block.rows.join('\n'), definitions);
      return <TableBlock head={block.head} rows={block.rows} definitions={used} live={live} />;
    }
    default:
      return (
        <TextBlock text={block.text} definitions={definitionsFor(block.text, definitions)} live={live} />
      );
  }
}

/** Each render creates new block objects; React skips a block whose content is equal. */
const sameBlock = (before: BlockProps, after: BlockProps): boolean =>
  before.live === after.live &&
  before.definitions.size === after.definitions.size &&
  equalBlocks(before.block, after.block);

const MemoBlock = memo(BlockView, sameBlock);

interface MarkdownProps {
  text: string;
  /** It is being written: markup that is not finished is held back or closed. */
  live?: boolean;
}

function Markdown({ text, live = false }: MarkdownProps) {
  const { blocks, openEnd, footnotes, definitions } = useMemo(
    () => splitBlocks(htmlTables(text), live),
    [text, live],
  );
  const prefix = useId();
  const last = blocks.length - 1;
  return (
    <SourcesContext value={[prefix, ...footnotes.keys()].join(' ')}>
      <div className={styles.markdown} data-part="text">
        {blocks.map((block, index) => (
          <MemoBlock key={index} block={block} definitions={definitions} live={openEnd && index === last} />
        ))}
        {footnotes.size > 0 && (
          <Sources
            notes={[...footnotes]}
            definitions={definitionsFor([...footnotes.values()].join('\n'), definitions)}
          />
        )}
      </div>
    </SourcesContext>
  );
}

export default memo(Markdown);
