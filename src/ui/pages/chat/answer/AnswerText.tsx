import { lazy, Suspense, useMemo } from 'react';
import { splitThought } from '../../../../shared/thinking';
import { PlainText } from './PlainText';
import { Thinking, useStopwatch } from './Thinking';

const importMarkdown = () => import('./Markdown');
const Markdown = lazy(importMarkdown);
/** Before the first answer needs it, once the page has nothing better to do. */
export const preloadMarkdown = () => void importMarkdown();

interface AnswerTextProps {
  text: string;
  /** The text that is formatted: behind `text` where formatting takes longer than a frame. */
  shown: string;
  /** It is being written. */
  live: boolean;
  /** As the model wrote it. */
  raw: boolean;
  thinkingMs?: number;
}

/** An answer: what the model thought, folded, and what it says. */
export function AnswerText({ text, shown, live, raw, thinkingMs }: AnswerTextProps) {
  const { reasoning, closed, answer } = useMemo(() => splitThought(shown, live), [shown, live]);
  const thinking = live && reasoning !== null && !closed;
  const elapsedMs = useStopwatch(thinking);
  if (raw) return <PlainText text={text} />;
  return (
    <>
      {reasoning !== null && <Thinking text={reasoning} live={thinking} ms={thinkingMs ?? elapsedMs} />}
      {answer && (
        <Suspense fallback={<div className="markdown plain">{answer}</div>}>
          <Markdown text={answer} live={live} />
        </Suspense>
      )}
    </>
  );
}
