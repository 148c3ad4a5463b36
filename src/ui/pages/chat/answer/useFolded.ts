import { useContext, useState } from 'react';
import { useApp } from '../../../useApp';
import { AnswerContext } from './answerContext';

/**
 * Whether a folded part of an answer is open: as the reader chose, else as usual; a search that found its words in the
 * text opens it.
 */
export function useFolded(
  text: string,
  usual: boolean,
): [open: boolean, choose: (open: boolean | null) => void] {
  const { messageId } = useContext(AnswerContext);
  const found = useApp((s) => (s.found?.messageId === messageId ? s.found : null));
  const [chosen, choose] = useState<boolean | null>(null);
  const [seen, setSeen] = useState<typeof found>(null);
  if (found !== seen) {
    setSeen(found);
    if (found?.words.some((word) => text.toLowerCase().includes(word))) choose(true);
  }
  return [chosen ?? usual, choose];
}
