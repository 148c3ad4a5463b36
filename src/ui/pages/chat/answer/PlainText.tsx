import { memo } from 'react';
import { chunksOf } from '../../../markdown/limits';

const Chunk = memo(function Chunk({ text }: { text: string }) {
  return <p className="chunk">{text}</p>;
});

/** Text as it is, of any length: in pieces that are laid out when they come into view. */
export const PlainText = memo(function PlainText({ text }: { text: string }) {
  return (
    <div className="plain-text">
      {chunksOf(text).map((chunk, index) => (
        <Chunk key={index} text={chunk} />
      ))}
    </div>
  );
});
