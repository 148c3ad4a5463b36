import { memo } from 'react';
import type { Message } from '../../store';
import { useNear } from '../useNear';
import { useText } from '../useApp';
import { Answer } from './Message';
import { Question } from './Question';

/**
 * From this many messages on, those outside the window are plain text until the reader comes near: in the page for
 * searching and for screen readers, but neither formatted nor laid out (content-visibility, in chat.css).
 */
const LAZY_FROM = 60;
/** At the end of a long chat, where it opens. */
const READY_AT_END = 8;

export const messageElementId = (id: string): string => `message-${id}`;

interface ItemProps {
  message: Message;
  label: string;
  isLast: boolean;
  lazy: boolean;
  ready: boolean;
}

const Item = memo(function Item({ message, label, isLast, lazy, ready }: ItemProps) {
  const { ref, near } = useNear<HTMLLIElement>(lazy && !ready);
  const { role, content } = message;
  return (
    <li ref={ref} id={messageElementId(message.id)} className={lazy ? 'lazy' : undefined} tabIndex={-1}>
      {!near ? (
        <article className={role === 'user' ? 'message question' : 'message answer'} aria-label={label}>
          <div className={role === 'user' ? 'bubble' : 'markdown plain'}>{content}</div>
        </article>
      ) : role === 'user' ? (
        <Question message={message} />
      ) : (
        <Answer message={message} isLast={isLast} />
      )}
    </li>
  );
});

/** The shown branch. It is not rendered again while an answer is written: that answer follows the store itself. */
export const MessageItems = memo(function MessageItems({ path }: { path: Message[] }) {
  const { t } = useText();
  const lazy = path.length >= LAZY_FROM;
  return (
    <ol className="messages" aria-label={t('chat.messages')}>
      {path.map((message, index) => (
        <Item
          // By place, not by id: a version takes the place of another, and the focus stays on the arrows.
          key={message.parentId ?? 'start'}
          message={message}
          label={t(message.role === 'user' ? 'message.you' : 'message.assistant')}
          isLast={index === path.length - 1}
          lazy={lazy}
          ready={index >= path.length - READY_AT_END}
        />
      ))}
    </ol>
  );
});
