import { memo, type CSSProperties } from 'react';
import { copyText, type Message } from '../../../../store';
import { Boundary } from '../../../boundary/Boundary';
import { useNear } from './useNear';
import { useText } from '../../../useApp';
import { Unformatted } from '../answer/Unformatted';
import { Answer } from './Message';
import { Question } from './Question';
import messageStyles from './Message.module.css';
import questionStyles from './Question.module.css';
import styles from './MessageItems.module.css';

/**
 * From this many messages on, they are laid out and formatted in blocks: one outside the window is plain text until the
 * reader comes near, in the page for searching and for screen readers, but neither formatted nor laid out
 * (content-visibility, in MessageItems.module.css). Blocks, because a browser checks each observed element in every frame: with
 * 5,000 observed messages that took 15 ms per frame.
 */
const LAZY_FROM = 60;
const BLOCK_SIZE = 8;
/** Blocks at the end of a long chat, where it opens. */
const READY_AT_END = 2;

/** Estimated height of a message, in em, from its characters. A wrong estimate only moves the scroll bar. */
const LINE_EM = 1.6;
const LINE_CHARS = 80;
const AROUND_EM = 4.5;

export const messageElementId = (id: string): string => `message-${id}`;

function guessEm({ parts }: Message): number {
  const content = copyText(parts);
  let lines = 0;
  for (let at = 0; at <= content.length && lines < 2000; lines++) {
    const end = content.indexOf('\n', at);
    const length = (end < 0 ? content.length : end) - at;
    lines += Math.floor(length / LINE_CHARS);
    at += length + 1;
  }
  return AROUND_EM + LINE_EM * lines;
}

interface BlockProps {
  messages: Message[];
  isLast: boolean;
  lazy: boolean;
  ready: boolean;
}

const Block = memo(
  function Block({ messages, isLast, lazy, ready }: BlockProps) {
    const { t } = useText();
    const { ref, near } = useNear<HTMLDivElement>(lazy && !ready);
    const height = lazy ? messages.reduce((sum, message) => sum + guessEm(message), 0) : 0;
    const style = lazy ? ({ containIntrinsicBlockSize: `auto ${height}em` } as CSSProperties) : undefined;
    return (
      <div
        ref={ref}
        role="presentation"
        className={lazy ? `${styles.block} ${styles.lazy}` : styles.block}
        style={style}
      >
        {messages.map((message, index) => (
          <div
            // Keyed by parent, not by id: a version replaces another in place, and the arrow button keeps the focus.
            key={message.parentId ?? 'start'}
            role="listitem"
            id={messageElementId(message.id)}
            tabIndex={-1}
          >
            {near ? (
              <Boundary readable={() => copyText(message.parts)} resetKey={message}>
                {message.role === 'user' ? (
                  <Question message={message} />
                ) : (
                  <Answer message={message} isLast={isLast && index === messages.length - 1} />
                )}
              </Boundary>
            ) : (
              <article
                className={
                  message.role === 'user'
                    ? `${messageStyles.message} ${questionStyles.question}`
                    : `${messageStyles.message} ${messageStyles.answer}`
                }
                aria-label={t(message.role === 'user' ? 'message.you' : 'message.assistant')}
              >
                {message.role === 'user' ? (
                  <div className={questionStyles.bubble}>{copyText(message.parts)}</div>
                ) : (
                  <Unformatted text={copyText(message.parts)} />
                )}
              </article>
            )}
          </div>
        ))}
      </div>
    );
  },
  (before, after) =>
    before.isLast === after.isLast &&
    before.lazy === after.lazy &&
    before.ready === after.ready &&
    before.messages.length === after.messages.length &&
    before.messages.every((message, index) => message === after.messages[index]),
);

/** The shown branch. Streaming does not render it again: the answer in progress subscribes to the store itself. */
export const MessageItems = memo(function MessageItems({ path }: { path: Message[] }) {
  const { t } = useText();
  const lazy = path.length >= LAZY_FROM;
  const numBlocks = Math.ceil(path.length / BLOCK_SIZE);
  return (
    <div role="list" className={styles.messages} aria-label={t('chat.messages')}>
      {Array.from({ length: numBlocks }, (_, n) => (
        <Boundary key={n} resetKey={path}>
          <Block
            messages={path.slice(n * BLOCK_SIZE, (n + 1) * BLOCK_SIZE)}
            isLast={n === numBlocks - 1}
            lazy={lazy}
            ready={n >= numBlocks - READY_AT_END}
          />
        </Boundary>
      ))}
    </div>
  );
});
