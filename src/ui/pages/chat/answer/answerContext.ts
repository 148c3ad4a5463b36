import { createContext } from 'react';

/** The answer around formatted text, for its marks of sources. */
export interface AnswerPlace {
  /** '' where the text is no answer of the chat. */
  messageId: string;
  /** It is being written. */
  live: boolean;
}

export const AnswerContext = createContext<AnswerPlace>({ messageId: '', live: false });
