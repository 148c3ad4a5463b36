import { memo } from 'react';
import type { Part } from '../../../../store';
import { CallCard, ResultCard } from './CallCard';
import { Citation, FileChip, Picture, Sound } from './Media';
import { FormattedText } from './FormattedText';
import { PlainText } from './PlainText';
import { Thinking, useStopwatch } from './Thinking';

interface PartViewProps {
  part: Part;
  /** All parts of the answer: a call finds its result among them. */
  all: readonly Part[];
  /** This part is being written. */
  live: boolean;
  /** Text as the model wrote it, not formatted. */
  raw: boolean;
}

const PartView = memo(
  function PartView({ part, all, live, raw }: PartViewProps) {
    const elapsedMs = useStopwatch(live && part.type === 'thought');
    switch (part.type) {
      case 'text':
        if (raw) return <PlainText text={part.text} raw />;
        return <FormattedText text={part.text} live={live} />;
      case 'thought':
        return <Thinking text={part.text} live={live} raw={raw} ms={part.thinkingMs ?? elapsedMs} />;
      case 'call':
        return <CallCard call={part} result={resultOf(all, part.id)} />;
      case 'result':
        return isCalled(all, part.callId) ? null : <ResultCard result={part} />;
      case 'image':
        return <Picture image={part} />;
      case 'audio':
        return <Sound audio={part} />;
      case 'file':
        return <FileChip name={part.name} />;
      case 'citation':
        return <Citation citation={part} />;
    }
  },
  (before, after) =>
    before.part === after.part &&
    before.live === after.live &&
    before.raw === after.raw &&
    (after.part.type !== 'call' || before.all === after.all),
);

const resultOf = (parts: readonly Part[], id: string) =>
  parts.find((part) => part.type === 'result' && part.callId === id);
const isCalled = (parts: readonly Part[], id: string) =>
  parts.some((part) => part.type === 'call' && part.id === id);

interface AnswerPartsProps {
  parts: readonly Part[];
  /** The answer is being written. */
  live: boolean;
  raw: boolean;
}

/** The parts of an answer; thoughts and calls are folded. */
export const AnswerParts = memo(function AnswerParts({ parts, live, raw }: AnswerPartsProps) {
  return parts.map((part, index) => (
    <PartView key={index} part={part} all={parts} live={live && index === parts.length - 1} raw={raw} />
  ));
});
